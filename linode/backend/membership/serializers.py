"""Members and their addresses as the API shows and takes them."""

from django.db import transaction
from rest_framework import serializers

from membership.models import Comrade, ContactInfo, ForeignAddress, SimpleAddress


class ContactInfoSerializer(serializers.ModelSerializer):
    """How to reach a member."""

    class Meta:
        model = ContactInfo
        fields = ["phone", "foreign_phone", "email", "facebook"]


class SimpleAddressSerializer(serializers.ModelSerializer):
    """An address in Iceland."""

    class Meta:
        model = SimpleAddress
        fields = ["street_address", "postal_code", "city"]


class ForeignAddressSerializer(serializers.ModelSerializer):
    """An address abroad; making one current makes the others not."""

    class Meta:
        model = ForeignAddress
        fields = ["id", "street_address", "postal_code", "city", "country", "current"]


class ComradeSerializer(serializers.ModelSerializer):
    """A member with contact info and address. Writes only what differs from what is stored."""

    contact_info = ContactInfoSerializer(required=False, allow_null=True)
    simple_address = SimpleAddressSerializer(required=False, allow_null=True)
    unions = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    titles = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Comrade
        fields = [
            "id",
            "ssn",
            "name",
            "birthday",
            "date_joined",
            "reachable",
            "groupable",
            "gender",
            "housing_situation",
            "status",
            "contact_info",
            "simple_address",
            "unions",
            "titles",
        ]
        read_only_fields = ["id", "ssn"]

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
