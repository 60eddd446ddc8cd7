"""Members and their addresses as the API shows and takes them."""

from django.core.exceptions import ValidationError
from django.db import transaction
from merge_engine.field_map import BY_PATH, GIVEN, columns_of
from rest_framework import serializers

from membership.mapped import checked, text_fields
from membership.models import Comrade, ContactInfo, ForeignAddress, SimpleAddress


def synced(label):
    """The names of a model's synced columns."""
    return [field.column for field in columns_of(label)]


class MappedSerializer(serializers.ModelSerializer):
    """Takes what the field map says, and nothing else, as the forms do."""

    def validate(self, attrs):
        """Bring each value to its form."""
        values, errors = dict(super().validate(attrs)), {}
        for field in text_fields(self.Meta.model._meta.label):
            value = values.get(field.column)
            if value in (None, ""):
                continue
            try:
                values[field.column] = checked(field, value)
            except ValidationError as error:
                errors[field.column] = error.messages
        if errors:
            raise serializers.ValidationError(errors)
        return values


class ContactInfoSerializer(MappedSerializer):
    """How to reach a member."""

    class Meta:
        model = ContactInfo
        fields = [*synced("membership.ContactInfo"), "foreign_phone", "facebook"]
        # The field map's check comes instead: it knows other spellings.
        extra_kwargs = {"phone": {"validators": [], "max_length": None}}


class SimpleAddressSerializer(MappedSerializer):
    """An address in Iceland."""

    class Meta:
        model = SimpleAddress
        fields = synced("membership.SimpleAddress")


class ForeignAddressSerializer(serializers.ModelSerializer):
    """An address abroad; making one current makes the others not."""

    class Meta:
        model = ForeignAddress
        fields = ["id", "street_address", "postal_code", "city", "country", "current"]


class ComradeSerializer(MappedSerializer):
    """A member with contact info and address. Writes only what differs from what is stored."""

    contact_info = ContactInfoSerializer(required=False, allow_null=True)
    simple_address = SimpleAddressSerializer(required=False, allow_null=True)
    unions = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    titles = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Comrade
        fields = [*synced("membership.Comrade"), "contact_info", "simple_address", "unions", "titles"]
        read_only_fields = [BY_PATH[path].column for path in GIVEN]

    @transaction.atomic
    def update(self, comrade, validated_data):
        """Save the member; `self.changed` then names the fields that changed."""
        parts = {name: validated_data.pop(name, None) for name in ("contact_info", "simple_address")}
        self.changed = save_changes(comrade, validated_data)
        for name, values in parts.items():
            if values:
                model = self.fields[name].Meta.model
                part = model.objects.get_or_create(comrade=comrade)[0]
                self.changed += save_changes(part, values)
        return Comrade.objects.get(pk=comrade.pk)


def save_changes(instance, values):
    """Save those of `values` that differ from what the instance holds; returns their names."""
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    for name in changed:
        setattr(instance, name, values[name])
    if changed:
        instance.save(update_fields=changed)
    return changed
