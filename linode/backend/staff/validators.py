"""What Django's own validators of passwords let through: a common password that is dressed up."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from staff.texts import text

DECORATION = re.compile(r"\A[\W\d_]+|[\W\d_]+\Z")
REPETITION = re.compile(r"\A(.+?)\1+\Z")


class DecoratedPasswordValidator(CommonPasswordValidator):
    """Refuses a common password with digits or signs around it, or repeated: `password2026!`."""

    def validate(self, password, user=None):
        """Raise ValidationError."""
        bare = DECORATION.sub("", password.lower())
        repeated = REPETITION.match(bare)
        bare = repeated.group(1) if repeated else bare
        if not bare or bare in self.passwords:
            raise ValidationError(text("password.decorated"), code="password_too_common")

    def get_help_text(self):
        """One sentence for the form."""
        return text("password.decorated")
