# EMR Serverless: the application, and the job's files. `headwater apply` submits the job run
# (streaming mode, retried by EMR) and submits it anew when the files change.
#
# 7.12 has Spark 3.5; its own Hudi (1.0.2) is not on the class path, the package brings ours.

locals {
  files  = fileset(var.package, "**")
  digest = sha256(join("", [for file in sort(tolist(local.files)) : filesha256("${var.package}/${file}")]))
}

resource "aws_s3_object" "package" {
  for_each    = local.files
  bucket      = var.artifacts_bucket
  key         = "streaming/${local.digest}/${each.value}"
  source      = "${var.package}/${each.value}"
  source_hash = filesha256("${var.package}/${each.value}")
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/streaming"
  retention_in_days = 365
  kms_key_id        = var.kms_key_arn
}

resource "aws_emrserverless_application" "this" {
  name          = var.name
  release_label = "emr-7.12.0"
  type          = "spark"
  architecture  = "X86_64"

  image_configuration {
    image_uri = var.image
  }

  network_configuration {
    subnet_ids         = var.subnets
    security_group_ids = [var.security_group]
  }

  maximum_capacity {
    cpu    = "${var.capacity.cpu} vCPU"
    memory = "${var.capacity.memory} GB"
    disk   = "${var.capacity.disk} GB"
  }

  auto_start_configuration {
    enabled = true
  }

  auto_stop_configuration {
    enabled              = true
    idle_timeout_minutes = 15
  }
}
