"""Admin forms that write only what their user changed, and notice when somebody else changed it meanwhile.

A form keeps the values that were shown when the page was opened, as hidden fields. So a field counts as
changed only if its user changed it, even if the stored value is another one by now. If both were changed,
the form says so and overwrites nothing.
"""

from django.core.exceptions import ValidationError
from django.forms import ModelForm

from membership.texts import text


class FreshForm(ModelForm):
    """Refuses to overwrite a value that the user has not seen."""

    def clean(self):
        """Compare what was shown, what is stored and what is wanted, field by changed field."""
        cleaned = super().clean()
        if self.instance.pk:
            self._forgive_what_is_not_changed()
            for name in list(self.changed_data):
                if name in self.cleaned_data and self.fields[name].show_hidden_initial:
                    self._check_seen(name)
        return cleaned

    def _get_validation_exclusions(self):
        """A value that the user left alone is not judged, so it stops no other field."""
        excluded = super()._get_validation_exclusions()
        left_alone = set(self.fields) - set(self.changed_data) if self.instance.pk else ()
        return type(excluded)([*excluded, *left_alone])

    def _forgive_what_is_not_changed(self):
        for name in set(self.errors) & set(self.fields) - set(self.changed_data):
            del self.errors[name]

    def _check_seen(self, name):
        field, stored = self.fields[name], self.initial.get(name)
        if hasattr(stored, "microsecond"):
            stored = stored.replace(microsecond=0)  # a page shows whole seconds
        shown = field.hidden_widget().value_from_datadict(
            self.data, self.files, self.add_initial_prefix(name)
        )
        wanted = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if field.has_changed(stored, shown) and field.has_changed(stored, wanted):
            self.add_error(name, ValidationError(text("changed_meanwhile"), params={"value": stored}))


class FreshAdmin:
    """Mixed into a ModelAdmin or an inline: its forms remember what was shown."""

    form = FreshForm

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """The field with the shown value in a hidden field beside it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and not db_field.is_relation:
            field.show_hidden_initial = True
        return field


def save_changed(instance, changed):
    """Save only the columns whose form fields were changed (many-to-many fields are saved by the form)."""
    columns = {field.name for field in instance._meta.concrete_fields}
    names = [name for name in changed if name in columns]
    if names:
        instance.save(update_fields=names)


def save_changed_formset(formset):
    """Save an inline formset: new rows whole, changed rows only in their changed columns."""
    formset.save(commit=False)
    for instance in formset.deleted_objects:
        instance.delete()
    for instance in formset.new_objects:
        instance.save()
    for instance, changed in formset.changed_objects:
        save_changed(instance, changed)
    formset.save_m2m()
