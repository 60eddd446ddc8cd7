"""The types of resources that policies judge, as Pulumi names them."""

AUDIT_CONFIG = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
BACKUP_SCHEDULE = "gcp:firestore/backupSchedule:BackupSchedule"
BUCKET = "gcp:storage/bucket:Bucket"
CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
DATABASE = "gcp:firestore/database:Database"
FUNCTION = "gcp:cloudfunctionsv2/function:Function"
JOB = "gcp:cloudscheduler/job:Job"
KEY = "gcp:serviceaccount/key:Key"
OTHER_SIGN_IN = (
    "gcp:identityplatform/defaultSupportedIdpConfig:DefaultSupportedIdpConfig",
    "gcp:identityplatform/inboundSamlConfig:InboundSamlConfig",
    "gcp:identityplatform/oauthIdpConfig:OauthIdpConfig",
    "gcp:identityplatform/tenant:Tenant",
)
"""Each is another way to sign in, or a tenant with ways of its own."""
PROJECT_BINDING = "gcp:projects/iAMMember:IAMMember"
SIGN_IN = "gcp:identityplatform/config:Config"
SERVICE_BINDING = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
