locals {
  # those that `headwater --target aws` signs in with
  operator_accounts = ["mysql/nifi", "mysql/debezium", "mysql/headwater", "nifi/login", "superset/login"]
}

data "aws_iam_policy_document" "operator" {
  # checkov:skip=CKV_AWS_356: the Describe and List actions below know no resource
  # checkov:skip=CKV_AWS_111: as above; the network interfaces are made by MSK Connect in the caller's name
  source_policy_documents = [
    data.aws_iam_policy_document.query.json, data.aws_iam_policy_document.topics.json,
  ]

  statement {
    sid       = "Accounts"
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = concat([var.admin_secret_arn], [for account in local.operator_accounts : var.secret_arns[account]])
  }

  statement {
    sid       = "Views"
    actions   = ["glue:CreateDatabase", "glue:CreateTable", "glue:UpdateTable"]
    resources = concat([local.catalog], local.databases, local.tables)
  }

  statement {
    sid       = "Document"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${var.lake_arn}/_headwater/*"]
  }

  statement {
    sid       = "Package"
    actions   = ["s3:GetObject"]
    resources = ["${var.artifacts_arn}/streaming/*"]
  }

  statement {
    sid = "Connector"
    actions = [
      "kafkaconnect:CreateConnector", "kafkaconnect:UpdateConnector", "kafkaconnect:DescribeConnector",
      "kafkaconnect:DeleteConnector", "kafkaconnect:RestartConnector", "kafkaconnect:ResumeConnector",
      "kafkaconnect:DescribeCustomPlugin", "kafkaconnect:DescribeWorkerConfiguration",
    ]
    resources = [
      for kind in ["connector", "custom-plugin", "worker-configuration"] :
      "arn:${format(local.place, "kafkaconnect")}:${kind}/${var.name}*/*"
    ]
  }

  statement {
    sid = "WhatMskConnectLooksUp"
    actions = [
      "kafkaconnect:ListConnectors", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
      "logs:ListLogDeliveries", "logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
    ]
    resources = ["*"] # wildcard: none of these actions knows a resource
  }

  statement {
    sid       = "Network"
    actions   = ["ec2:CreateNetworkInterface"]
    resources = ["arn:${format(local.place, "ec2")}:*/*"] # wildcard: subnet, group and the interface to be made

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "aws:CalledVia"
      values   = ["kafkaconnect.amazonaws.com"]
    }
  }

  statement {
    sid       = "Job"
    actions   = ["emr-serverless:StartJobRun", "emr-serverless:ListJobRuns", "emr-serverless:GetApplication", "emr-serverless:GetJobRun", "emr-serverless:CancelJobRun"]
    resources = [var.application_arn, "${var.application_arn}/jobruns/*"]
  }

  statement {
    sid       = "HandOver"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.this["connect"].arn, aws_iam_role.this["streaming"].arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["kafkaconnect.amazonaws.com", "emr-serverless.amazonaws.com"]
    }
  }

  statement {
    sid       = "Services"
    actions   = ["ecs:DescribeServices"]
    resources = ["arn:${format(local.place, "ecs")}:service/${var.name}/*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:DescribeLogStreams"]
    resources = ["arn:${format(local.place, "logs")}:log-group:/${var.name}*"]
  }
}
