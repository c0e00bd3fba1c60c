# lake       warehouse/, raw/, athena-results/, _headwater/ (docs/contracts.md)
# artifacts  what `make package` built
# logs       who read what

data "aws_caller_identity" "here" {}

locals {
  buckets = {
    lake      = "${var.name}-lake-${data.aws_caller_identity.here.account_id}"
    artifacts = "${var.name}-artifacts-${data.aws_caller_identity.here.account_id}"
    logs      = "${var.name}-logs-${data.aws_caller_identity.here.account_id}"
  }
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_21: versioning is on where it pays (aws_s3_bucket_versioning.artifacts): every commit of a COPY_ON_WRITE table replaces files, and all of the lake can be rebuilt from MySQL and the raw zone
  # checkov:skip=CKV_AWS_144: no second region: the lake can be rebuilt from MySQL's backups
  # checkov:skip=CKV2_AWS_62: nothing waits for events of these buckets
  # checkov:skip=CKV_AWS_18: logging is on (aws_s3_bucket_logging.this); the log bucket does not log itself
  # checkov:skip=CKV_AWS_145: encryption is on (below); load balancers write their logs with S3's own key only
  # checkov:skip=CKV2_AWS_6: every bucket has its block (below); checkov follows for_each to the first key only
  # checkov:skip=CKV2_AWS_61: every bucket has a lifecycle (lifecycle.tf)
  for_each      = local.buckets
  bucket        = each.value
  force_destroy = !var.protect
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id

  rule {
    bucket_key_enabled = each.key != "logs" # one KMS request for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = each.key == "logs" ? "AES256" : "aws:kms"
      kms_master_key_id = each.key == "logs" ? null : var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "artifacts" {
  bucket = aws_s3_bucket.this["artifacts"].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each      = { for name, bucket in aws_s3_bucket.this : name => bucket if name != "logs" }
  bucket        = each.value.id
  target_bucket = aws_s3_bucket.this["logs"].id
  target_prefix = "s3/${each.key}/"
}

resource "aws_s3_bucket_policy" "this" {
  for_each   = aws_s3_bucket.this
  bucket     = each.value.id
  policy     = each.key == "logs" ? data.aws_iam_policy_document.logs.json : data.aws_iam_policy_document.tls_only[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}

data "aws_iam_policy_document" "tls_only" {
  for_each = aws_s3_bucket.this

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"] # wildcard: a denial
    resources = [each.value.arn, "${each.value.arn}/*"]

    principals {
      type        = "*"   # wildcard: a denial
      identifiers = ["*"] # wildcard: a denial
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

data "aws_iam_policy_document" "logs" {
  source_policy_documents = [data.aws_iam_policy_document.tls_only["logs"].json]

  statement {
    sid       = "AccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this["logs"].arn}/s3/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.here.account_id]
    }
  }

  statement {
    sid       = "LoadBalancerLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this["logs"].arn}/alb/AWSLogs/${data.aws_caller_identity.here.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }
  }
}
