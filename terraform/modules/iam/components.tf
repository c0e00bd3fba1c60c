# The connector: its topics and groups, its password, its log.
data "aws_iam_policy_document" "connect" {
  statement {
    sid       = "SignIn"
    actions   = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:WriteDataIdempotently"]
    resources = [var.cluster_arn]
  }

  statement {
    sid = "Topics"
    actions = [
      "kafka-cluster:CreateTopic", "kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration",
      "kafka-cluster:ReadData", "kafka-cluster:WriteData",
    ]
    resources = [
      for name in [var.topic_prefix, "${var.topic_prefix}.*", "_headwater.*", "_connect.*", "__amazon_msk_connect_*"] :
      "${local.topics}/${name}"
    ]
  }

  statement {
    sid       = "Groups"
    actions   = ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"]
    resources = [for name in ["__amazon_msk_connect_*", "connect-*", "*-schemahistory"] : "${local.groups}/${name}"]
  }

  statement {
    sid       = "Transactions"
    actions   = ["kafka-cluster:AlterTransactionalId", "kafka-cluster:DescribeTransactionalId"]
    resources = ["${local.transactions}/*"]
  }

  statement {
    sid       = "Password"
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [var.secret_arns["mysql/debezium"]]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }
}

# The streaming job: reads topics, writes tables and what it says of them, keeps the catalog.
data "aws_iam_policy_document" "streaming" {
  statement {
    sid       = "SignIn"
    actions   = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster"]
    resources = [var.cluster_arn]
  }

  statement {
    sid       = "Topics"
    actions   = ["kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration", "kafka-cluster:ReadData"]
    resources = ["${local.topics}/${var.topic_prefix}.*", "${local.topics}/_headwater.schemas"]
  }

  statement {
    sid       = "Groups"
    actions   = ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"]
    resources = ["${local.groups}/spark-kafka-source-*", "${local.groups}/headwater-job"]
  }

  statement {
    sid       = "Lake"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    resources = ["${var.lake_arn}/warehouse/*", "${var.lake_arn}/_headwater/*"]
  }

  statement {
    sid       = "LakeFolders"
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [var.lake_arn]
  }

  statement {
    sid       = "Package"
    actions   = ["s3:GetObject"]
    resources = ["${var.artifacts_arn}/streaming/*"]
  }

  statement {
    sid       = "Catalog"
    actions   = ["glue:GetDatabase", "glue:CreateDatabase", "glue:GetTable", "glue:CreateTable", "glue:UpdateTable", "glue:GetPartitions", "glue:CreatePartition"]
    resources = concat([local.catalog], local.databases, local.tables)
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [var.log_group_arns.streaming, "${var.log_group_arns.streaming}:*"]
  }

  statement {
    sid       = "LogGroups"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["arn:${format(local.place, "logs")}:log-group:*"]
  }
}

# NiFi: raw bodies into the raw zone, never out of it; and its disk.
data "aws_iam_policy_document" "nifi" {
  statement {
    sid       = "RawZone"
    actions   = ["s3:PutObject"]
    resources = ["${var.lake_arn}/raw/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "Disk"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [var.file_system_arn]
  }
}

# Whoever looks at the topics and writes none: the recorder, and the command line.
data "aws_iam_policy_document" "topics" {
  statement {
    sid       = "SignIn"
    actions   = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster"]
    resources = [var.cluster_arn]
  }

  statement {
    sid       = "ReadTopics"
    actions   = ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"]
    resources = ["${local.topics}/${var.topic_prefix}.*", "${local.topics}/_headwater.*"]
  }
}

# The recorder: how every part is doing, asked and not changed; its rows go to MySQL.
data "aws_iam_policy_document" "recorder" {
  # checkov:skip=CKV_AWS_356: kafkaconnect:ListConnectors and cloudwatch:PutMetricData know no resource
  # checkov:skip=CKV_AWS_111: as above; metrics go to one namespace only
  source_policy_documents = [data.aws_iam_policy_document.topics.json]

  statement {
    sid       = "Account"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.secret_arns["mysql/headwater"]]
  }

  statement {
    sid       = "Tables"
    actions   = ["s3:GetObject"]
    resources = ["${var.lake_arn}/_headwater/*", "${var.lake_arn}/warehouse/*/.hoodie/*"]
  }

  statement {
    sid       = "Folders"
    actions   = ["s3:ListBucket"]
    resources = [var.lake_arn]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "Connectors"
    actions   = ["kafkaconnect:ListConnectors"]
    resources = ["*"] # wildcard: the action knows no resource
  }

  statement {
    sid       = "Connector"
    actions   = ["kafkaconnect:DescribeConnector"]
    resources = ["arn:${format(local.place, "kafkaconnect")}:connector/${var.name}/*"]
  }

  statement {
    sid       = "Job"
    actions   = ["emr-serverless:ListJobRuns"]
    resources = [var.application_arn]
  }

  statement {
    sid       = "Services"
    actions   = ["ecs:DescribeServices"]
    resources = ["arn:${format(local.place, "ecs")}:service/${var.name}/*"]
  }

  statement {
    sid       = "Publish"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"] # wildcard: the action knows no resource, but the namespace below

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Headwater"]
    }
  }
}

# Whoever asks the lake in SQL: Superset, and `headwater sql`.
data "aws_iam_policy_document" "query" {
  statement {
    sid = "Queries"
    actions = [
      "athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution",
      "athena:BatchGetQueryExecution", "athena:GetQueryResults", "athena:GetQueryResultsStream",
      "athena:GetQueryRuntimeStatistics", "athena:ListQueryExecutions", "athena:GetWorkGroup",
    ]
    resources = [var.workgroup_arn]
  }

  statement {
    sid       = "DataCatalog"
    actions   = ["athena:GetDataCatalog", "athena:GetDatabase", "athena:ListDatabases", "athena:GetTableMetadata", "athena:ListTableMetadata"]
    resources = ["arn:${format(local.place, "athena")}:datacatalog/AwsDataCatalog"]
  }

  statement {
    sid       = "Catalog"
    actions   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]
    resources = concat([local.catalog], local.databases, local.tables)
  }

  statement {
    sid       = "Tables"
    actions   = ["s3:GetObject"]
    resources = ["${var.lake_arn}/warehouse/*"]
  }

  statement {
    sid       = "Folders"
    actions   = ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
    resources = [var.lake_arn]
  }

  statement {
    sid       = "Results"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${var.lake_arn}/athena-results/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

# ECS itself, before a task runs: pull its image, read its secrets, write its log.
data "aws_iam_policy_document" "execution" {
  # checkov:skip=CKV_AWS_356: ecr:GetAuthorizationToken knows no resource
  for_each = { nifi = "nifi", superset = "superset", recorder = "headwater" } # service to its image

  statement {
    sid       = "Token"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # wildcard: the action knows no resource
  }

  statement {
    sid       = "Image"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.image_arns[each.value]]
  }

  dynamic "statement" {
    for_each = each.key == "recorder" ? [] : ["Secrets"] # it reads its one secret itself
    content {
      sid     = statement.value
      actions = ["secretsmanager:GetSecretValue"]
      resources = [
        for account, arn in var.secret_arns : arn if startswith(account, "${each.key}/")
      ]
    }
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${format(local.place, "logs")}:log-group:/${var.name}-${each.key}:*"]
  }
}
