"""Google's predefined roles that the tests grant."""

INVOKER = "roles/run.invoker"
DATASTORE_USER = "roles/datastore.user"
EVENT_RECEIVER = "roles/eventarc.eventReceiver"
OPEN_ID_IMPERSONATOR = "roles/iam.serviceAccountOpenIdTokenCreator"
WORKLOAD_IDENTITY_USER = "roles/iam.workloadIdentityUser"
