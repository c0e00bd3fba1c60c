# One key for everything at rest, and one secret per account. The passwords are made when applied
# and handed over as write-only arguments: they are in no state file and no plan.

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

locals {
  # account, and the user name that goes with it
  accounts = {
    "mysql/nifi"        = "nifi"
    "mysql/debezium"    = "debezium"
    "mysql/headwater"   = "headwater"
    "nifi/login"        = "headwater"
    "nifi/key"          = "sensitive-properties-key"
    "superset/login"    = "admin"
    "superset/key"      = "secret-key"
    "superset/database" = "superset"
  }
  services = [
    "logs.${data.aws_region.here.region}.amazonaws.com", "cloudwatch.amazonaws.com",
    "events.amazonaws.com", "budgets.amazonaws.com",
  ]
}

resource "aws_kms_key" "this" {
  description             = "Everything of ${var.name} at rest"
  enable_key_rotation     = true
  deletion_window_in_days = var.protect ? 30 : 7
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109: a key policy: without the account as administrator nobody can change the key
  # checkov:skip=CKV_AWS_111: as above
  # checkov:skip=CKV_AWS_356: in a key policy a star means this key
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"] # wildcard: the administrator of the key
    resources = ["*"]     # wildcard: in a key policy it means this key

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.here.account_id}:root"]
    }
  }

  statement {
    sid       = "LogsAndAlarms"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
    resources = ["*"] # wildcard: in a key policy it means this key

    principals {
      type        = "Service"
      identifiers = local.services
    }
  }
}

ephemeral "aws_secretsmanager_random_password" "account" {
  for_each            = local.accounts
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "account" {
  # checkov:skip=CKV2_AWS_57: rotated by raising secret_string_wo_version and `headwater apply`, which also tells MySQL
  for_each                = local.accounts
  name                    = "${var.name}/${each.key}"
  description             = "Account ${each.value} of ${var.name}"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = var.protect ? 30 : 7
}

resource "aws_secretsmanager_secret_version" "account" {
  for_each  = local.accounts
  secret_id = aws_secretsmanager_secret.account[each.key].id
  secret_string_wo = jsonencode({
    username = each.value
    password = ephemeral.aws_secretsmanager_random_password.account[each.key].random_password
  })
  secret_string_wo_version = 1
}
