from django.urls import path

from members.views import accounts, exports, invitations, joining, organizations, people, proposals, public

app_name = "members"
urlpatterns = [
    path("organizations/<slug:key>/", public.organization, name="organization"),
    path("organizations/<slug:key>/propose/", public.propose, name="propose"),
    path("join/", joining.join, name="join"),
    path("join/sent/", joining.join_sent, name="join_sent"),
    path("invitations/<str:token>/", public.accept_invitation, name="accept_invitation"),
    # Stands before the library's page of the same address.
    path("accounts/email/", accounts.address_change, name="address_change"),
    path("accounts/sessions/<int:pk>/end/", accounts.end_session, name="end_session"),
    path("profile/", accounts.profile, name="profile"),
    path("staff/organizations/", organizations.staff_organizations, name="staff_organizations"),
    path("staff/organizations/add/", organizations.organization_add, name="organization_add"),
    path("staff/organizations/<slug:key>/", organizations.staff_organization, name="staff_organization"),
    path("staff/organizations/<slug:key>/edit/", organizations.organization_edit, name="organization_edit"),
    path("staff/organizations/<slug:key>/status/", organizations.organization_status, name="organization_status"),
    path(
        "staff/organizations/<slug:key>/representations/add/",
        organizations.representation_add,
        name="representation_add",
    ),
    path("staff/organizations/<slug:key>/former-names/add/", organizations.former_name_add, name="former_name_add"),
    path("staff/former-names/<int:pk>/edit/", organizations.former_name_edit, name="former_name_edit"),
    path("staff/organizations/<slug:key>/invite/", organizations.invite, name="invite"),
    path("staff/export/organizations.<str:format>", exports.export_organizations, name="export_organizations"),
    path("staff/export/people.<str:format>", exports.export_people, name="export_people"),
    path("staff/people/", people.people, name="people"),
    path("staff/people/<int:pk>/", people.person, name="person"),
    path("staff/people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("staff/people/<int:pk>/role/", people.person_role, name="person_role"),
    path("staff/people/<int:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("staff/people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("staff/invitations/", invitations.invitations, name="invitations"),
    path("staff/invitations/<int:pk>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path("staff/invitations/<int:pk>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("staff/proposals/", proposals.proposals, name="proposals"),
    path("staff/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("staff/join-requests/", joining.join_requests, name="join_requests"),
    path("staff/join-requests/<int:pk>/", joining.join_request, name="join_request"),
    path("staff/join-requests/<int:pk>/decline/", joining.join_request_decline, name="join_request_decline"),
    path("staff/join-requests/<int:pk>/spam/", joining.join_request_spam, name="join_request_spam"),
    path("staff/join-requests/<int:pk>/reopen/", joining.join_request_reopen, name="join_request_reopen"),
    path("staff/security/", accounts.security_events, name="security_events"),
    path("staff/security/export/", accounts.security_events_export, name="security_events_export"),
]
