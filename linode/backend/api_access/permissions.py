"""Permits a call only if the table of routes, the token's scopes and the person's own rights all do."""

from rest_framework.permissions import BasePermission

from api_access.models import ApiToken
from api_access.routes import route_of


class ScopePermission(BasePermission):
    """Every call that is not in the table is refused."""

    def has_permission(self, request, view):
        """Whether this token may make this call now."""
        route = route_of(request.resolver_match.view_name, request.method)
        if route is None or not has_scope(request, route.scope):
            return False
        if request.auth.owner_id is None:
            return True
        return route.right is not None and request.user.has_perm(route.right)


def has_scope(request, scope):
    """Whether the caller's token has a scope."""
    return isinstance(request.auth, ApiToken) and scope in request.auth.granted
