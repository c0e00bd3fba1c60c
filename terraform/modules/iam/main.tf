# Every role of the system, in one place to be reviewed: who may do what, and nothing else.

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

locals {
  account = data.aws_caller_identity.here.account_id
  place   = "${data.aws_partition.here.partition}:%s:${data.aws_region.here.region}:${local.account}"

  # arn:…:cluster/NAME/UUID is the root of arn:…:topic/NAME/UUID/TOPIC and so on
  topics       = replace(var.cluster_arn, ":cluster/", ":topic/")
  groups       = replace(var.cluster_arn, ":cluster/", ":group/")
  transactions = replace(var.cluster_arn, ":cluster/", ":transactional-id/")

  catalog = "arn:${format(local.place, "glue")}:catalog"
  databases = [
    for name in var.databases : "arn:${format(local.place, "glue")}:database/${name}"
  ]
  tables = [
    for name in var.databases : "arn:${format(local.place, "glue")}:table/${name}/*"
  ]

  # role to the service that takes it on
  roles = {
    connect            = "kafkaconnect.amazonaws.com"
    streaming          = "emr-serverless.amazonaws.com"
    nifi               = "ecs-tasks.amazonaws.com"
    superset           = "ecs-tasks.amazonaws.com"
    recorder           = "ecs-tasks.amazonaws.com"
    nifi_execution     = "ecs-tasks.amazonaws.com"
    superset_execution = "ecs-tasks.amazonaws.com"
    recorder_execution = "ecs-tasks.amazonaws.com"
  }
  policies = {
    connect            = data.aws_iam_policy_document.connect.json
    streaming          = data.aws_iam_policy_document.streaming.json
    nifi               = data.aws_iam_policy_document.nifi.json
    superset           = data.aws_iam_policy_document.query.json
    recorder           = data.aws_iam_policy_document.recorder.json
    nifi_execution     = data.aws_iam_policy_document.execution["nifi"].json
    superset_execution = data.aws_iam_policy_document.execution["superset"].json
    recorder_execution = data.aws_iam_policy_document.execution["recorder"].json
  }
}

data "aws_iam_policy_document" "assume" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = local.roles
  name               = "${var.name}-${replace(each.key, "_", "-")}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies
  name     = "what-it-does"
  role     = aws_iam_role.this[each.key].id
  policy   = each.value
}

# RDS's enhanced monitoring has a policy of AWS's own.
resource "aws_iam_role" "monitoring" {
  name               = "${var.name}-rds-monitoring"
  assume_role_policy = data.aws_iam_policy_document.monitoring.json
}

data "aws_iam_policy_document" "monitoring" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# For whoever runs `headwater --target aws`: people and pipelines attach it to their own roles.
resource "aws_iam_policy" "operator" {
  name        = "${var.name}-operator"
  description = "plan, apply, status, sql, verify, logs of ${var.name}"
  policy      = data.aws_iam_policy_document.operator.json
}
