"""The holes of portals like this one, and where the test stands that shows each closed.

test_this_table holds these lines to the suite: each names a test that is there.

reading another's things by id:
- tests/test_permission_table.py::test_each_identity_gets_what_its_row_says
- tests/test_permission_table.py::test_what_is_not_there_and_what_is_not_yours_answer_alike
"may I?" and "which may I?" disagree:
- tests/security/test_permissions_agree.py::test_in_a_thousand_worlds_the_two_questions_have_one_answer
- tests/objectives/test_permissions.py::test_permissions_of_one_and_of_many_equal_the_table_of_roles
- tests/meetings/test_permissions.py::test_predicates_agree_with_querysets
- tests/actionitems/test_permissions.py::test_predicates_agree_with_querysets
invitation used twice, or from another mailbox:
- tests/members/test_invitations.py::test_one_of_twenty_simultaneous_acceptances_succeeds
- tests/members/test_invitations.py::test_person_with_another_address_cannot_accept
- tests/members/test_invitations.py::test_link_alone_does_not_open_an_existing_account
- tests/members/test_invitations.py::test_every_unknown_token_gets_the_same_page
- tests/members/test_invitations.py::test_token_is_in_no_table_and_no_log
raising one's own role:
- tests/security/test_privilege.py::test_every_field_posted_to_every_form_of_members_raises_nobody
- tests/accounts/test_operations.py::test_two_administrators_demoting_each_other_leave_one
mass assignment:
- tests/security/test_privilege.py::test_every_form_names_the_fields_that_it_takes
- tests/security/test_privilege.py::test_no_form_for_members_holds_a_field_that_rights_follow_from
stored script:
- tests/security/test_stored_script.py::test_every_page_shows_it_as_text
- tests/security/test_stored_script.py::test_every_mail_shows_it_as_text
- tests/security/test_stored_script.py::test_the_back_office_shows_it_as_text
- tests/browser/test_stored_script.py::test_stored_scripts_show_no_dialog_and_break_no_policy
formulas in CSV and XLSX:
- tests/core/test_sheets.py::test_no_cell_is_a_formula_and_values_round_trip
open redirect:
- tests/security/test_redirects_and_hosts.py::test_every_way_through_an_account_page_stays_here
foreign host:
- tests/security/test_redirects_and_hosts.py::test_a_foreign_host_gets_nothing
- tests/security/test_redirects_and_hosts.py::test_links_in_mails_come_from_the_sites_own_address
header injection in mail:
- tests/mail/test_sending.py::test_subject_and_headers_cannot_inject_headers
signed link from a mail:
- tests/reminders/views/test_answering.py::test_a_hundred_looks_change_nothing
- tests/reminders/views/test_answering.py::test_of_eight_presses_at_once_one_counts
- tests/reminders/views/test_answering.py::test_a_link_opens_nothing_but_its_own
- tests/reminders/views/test_answering.py::test_an_expired_link_says_what_to_do
upload of HTML, SVG, polyglot, bomb, odd names:
- tests/core/test_uploads.py::test_executable_content_is_rejected_with_allowed_types
- tests/core/test_uploads.py::test_file_is_served_as_an_attachment_that_runs_nothing
who has an account?:
- tests/security/test_who_has_an_account.py::test_every_address_gets_the_same_answer_for_the_same_work
old session after a change of role or address:
- tests/accounts/test_operations.py::test_old_sessions_end_at_the_next_request
old session after a change of password:
- tests/accounts/test_sessions.py::test_password_change_ends_the_other_sessions
old session after a change of second factor:
- tests/accounts/test_second_factor.py::test_changing_a_factor_ends_other_sessions_and_is_recorded
one-time code used again in another process:
- tests/security/test_used_codes.py::test_a_code_that_one_process_has_taken_is_refused_by_every_other
- tests/accounts/test_signing_in.py::test_cache_is_shared_and_not_evicted
a way in beside the sign-in:
- tests/accounts/test_signing_in.py::test_admin_site_has_no_sign_in_of_its_own
private page in a cache:
- tests/security/test_headers.py::test_every_answer_carries_the_headers_and_holds_no_inline_script
secrets in logs:
- tests/security/test_secrets_in_logs.py::test_a_traceback_tells_what_failed_and_no_variable
- tests/security/test_secrets_in_logs.py::test_what_is_issued_is_heard_of

The calendar feed has no token: `/meetings.ics` holds public meetings alone, the same for everyone
(tests/meetings/views/test_reading.py). The proof for logs is
tests/secrets.py, which looks after every test of the suite.
"""
