"""The API of the whole register, for staff: /felagar/api/full/ and a member's foreign addresses."""

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from merge_engine.kennitala import is_kennitala
from rest_framework import mixins, viewsets
from rest_framework.pagination import PageNumberPagination

from membership import audit
from membership.editor import record_editor
from membership.models import Comrade, ForeignAddress
from membership.preconditions import Preconditions
from membership.serializers import ComradeSerializer, ForeignAddressSerializer


class Pages(PageNumberPagination):
    """100 a page, 500 if asked."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500


class FullViewSet(
    Preconditions,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """Members in full, by id or kennitala. Nobody is created or deleted here."""

    queryset = (
        Comrade.objects.select_related("contact_info", "simple_address")
        .prefetch_related("unions", "titles")
        .order_by("id")
    )
    serializer_class = ComradeSerializer
    pagination_class = Pages
    lookup_value_regex = "[0-9]{1,10}"

    def get_object(self):
        """The member by kennitala (ten digits) or id."""
        key = self.kwargs["pk"]
        lookup = {"ssn": key} if is_kennitala(key) else {"pk": key}
        member = self.get_queryset().filter(**lookup).first()
        if member is None:
            raise Http404
        return member

    @staticmethod
    def comrade_of(instance):
        """Itself."""
        return instance

    @transaction.atomic
    def perform_update(self, serializer):
        """Save and record in the admin's log."""
        record_editor(self.request.user)
        member = serializer.save()
        if serializer.changed:
            audit.log(self.request.user, member, audit.CHANGE, "API: " + ", ".join(serializer.changed))


class ForeignAddressViewSet(Preconditions, viewsets.ModelViewSet):
    """A member's addresses abroad."""

    serializer_class = ForeignAddressSerializer
    lookup_value_regex = "[0-9]{1,9}"

    def get_queryset(self):
        """Only this member's."""
        return ForeignAddress.objects.filter(comrade=self._member())

    @staticmethod
    def comrade_of(instance):
        """Whose address it is."""
        return instance.comrade

    def _member(self):
        return get_object_or_404(Comrade, ssn=self.kwargs["ssn"])

    @transaction.atomic
    def perform_create(self, serializer):
        """Add an address."""
        self._save(serializer, audit.ADDITION, comrade=self._member())

    @transaction.atomic
    def perform_update(self, serializer):
        """Change an address."""
        self._save(serializer, audit.CHANGE)

    @transaction.atomic
    def perform_destroy(self, instance):
        """Remove an address."""
        audit.log(self.request.user, instance, audit.DELETION, "API")
        instance.delete()

    def _save(self, serializer, action, **values):
        if serializer.validated_data.get("current"):
            # First the others: only one may be current at any moment.
            self.get_queryset().update(current=False)
        address = serializer.save(**values)
        audit.log(self.request.user, address, action, "API")
