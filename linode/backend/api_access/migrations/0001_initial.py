"""The table of the API's tokens."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=100, verbose_name="heiti")),
                (
                    "scopes",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="heimildir"),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "created",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="stofnaður"),
                ),
                (
                    "last_used",
                    models.DateTimeField(blank=True, null=True, verbose_name="síðast notaður"),
                ),
                ("expires", models.DateTimeField(blank=True, null=True, verbose_name="rennur út")),
                ("revoked", models.DateTimeField(blank=True, null=True, verbose_name="afturkallaður")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="eigandi",
                    ),
                ),
            ],
            options={
                "verbose_name": "API-lykill",
                "verbose_name_plural": "API-lyklar",
                "ordering": ["name", "-created", "-id"],
            },
        )
    ]
