# What must wake somebody, and one page to look at. An alarm is a row of the table below.

locals {
  alarms = merge(local.parts, {
    for broker in range(1, var.watched.brokers + 1) : "kafka_disk_${broker}" => {
      text      = "the disk of broker ${broker} is nearly full"
      namespace = "AWS/Kafka", metric = "KafkaDataLogsDiskUsed", statistic = "Maximum"
      dimension = { "Cluster Name" = var.watched.kafka, "Broker ID" = tostring(broker) }
      above     = 80, below = null, missing = "breaching"
    }
  })

  parts = {
    freshness = {
      text      = "the slowest table is too far behind, or nobody measures it (the recorder)"
      namespace = "Headwater", metric = "FreshnessSeconds", statistic = "Maximum"
      dimension = { Deployment = var.name }
      above     = var.limits.freshness_s, below = null, missing = "breaching"
    }
    lag = {
      text      = "changes pile up in Kafka: more come than the streaming job applies"
      namespace = "Headwater", metric = "PendingChanges", statistic = "Minimum"
      dimension = { Deployment = var.name }
      above     = var.limits.pending, below = null, missing = "notBreaching"
    }
    paused = {
      text      = "a table of the streaming job has paused or is retried"
      namespace = "Headwater", metric = "Troubles-${var.name}", statistic = "Sum"
      dimension = {}
      above     = 0, below = null, missing = "notBreaching"
    }
    connector = {
      text      = "the connector's task has failed"
      namespace = "AWS/KafkaConnect", metric = "ErroredTaskCount", statistic = "Maximum"
      dimension = { ConnectorName = var.watched.connector }
      above     = 0, below = null, missing = "breaching"
    }
    heartbeat = {
      text      = "the connector runs but writes nothing, not even its heartbeat"
      namespace = "AWS/KafkaConnect", metric = "SourceRecordWriteRate", statistic = "Average"
      dimension = { ConnectorName = var.watched.connector }
      above     = null, below = 0.05, missing = "breaching"
    }
    job = {
      text      = "the streaming job does not run"
      namespace = "AWS/EMRServerless", metric = "RunningJobs", statistic = "Maximum"
      dimension = { ApplicationId = var.watched.application, ApplicationName = var.name }
      above     = null, below = 1, missing = "breaching"
    }
    mysql_disk = {
      text      = "MySQL's disk fills up: tables, or a binlog that is kept too long"
      namespace = "AWS/RDS", metric = "FreeStorageSpace", statistic = "Minimum"
      dimension = { DBInstanceIdentifier = var.watched.mysql }
      above     = null, below = var.limits.mysql_free_g * 1000 * 1000 * 1000, missing = "breaching"
    }
    kafka_partitions = {
      text      = "partitions without a leader"
      namespace = "AWS/Kafka", metric = "OfflinePartitionsCount", statistic = "Maximum"
      dimension = { "Cluster Name" = var.watched.kafka }
      above     = 0, below = null, missing = "breaching"
    }
    nifi = {
      text      = "NiFi does not run"
      namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", statistic = "Minimum"
      dimension = { ClusterName = var.watched.cluster, ServiceName = var.watched.nifi }
      above     = null, below = 1, missing = "breaching"
    }
    superset = {
      text      = "Superset does not run"
      namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", statistic = "Minimum"
      dimension = { ClusterName = var.watched.cluster, ServiceName = var.watched.superset }
      above     = null, below = 1, missing = "breaching"
    }
  }
}

data "aws_region" "here" {}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.mail
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.text
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimension
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = each.value.above == null ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.above == null ? each.value.below : each.value.above
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# The job tells of a pause or a retry in one line of its log.
resource "aws_cloudwatch_log_metric_filter" "troubles" {
  name           = "${var.name}-troubles"
  log_group_name = var.watched.streaming_log
  pattern        = "?\"paused:\" ?\"again in\""

  metric_transformation {
    namespace     = "Headwater"
    name          = "Troubles-${var.name}"
    value         = "1"
    default_value = "0"
  }
}

# EMR has given up a job run (it retries by itself before that).
resource "aws_cloudwatch_event_rule" "job_failed" {
  name = "${var.name}-job-failed"
  event_pattern = jsonencode({
    source      = ["aws.emr-serverless"]
    detail-type = ["EMR Serverless Job Run State Change"]
    detail = {
      applicationId = [var.watched.application]
      state         = ["FAILED", "CANCELLED"]
    }
  })
}

resource "aws_cloudwatch_event_target" "job_failed" {
  rule = aws_cloudwatch_event_rule.job_failed.name
  arn  = aws_sns_topic.alarms.arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "Publishers"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"]
    }
  }
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.budget)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:Deployment$%s", var.name)]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }
    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = [var.mail]
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      for index, name in sort(keys(local.alarms)) : {
        type   = "metric"
        x      = (index % 3) * 8
        y      = floor(index / 3) * 6
        width  = 8
        height = 6
        properties = {
          title  = local.alarms[name].text
          region = data.aws_region.here.region
          stat   = local.alarms[name].statistic
          period = 60
          metrics = [concat(
            [local.alarms[name].namespace, local.alarms[name].metric],
            flatten([for key, value in local.alarms[name].dimension : [key, value]]),
          )]
        }
      }
    ]
  })
}
