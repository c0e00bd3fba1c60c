# The catalog's databases; the streaming job keeps their tables. And Athena with a limit to each query.

resource "aws_glue_catalog_database" "this" {
  for_each     = toset(var.databases)
  name         = each.key
  location_uri = "s3://${aws_s3_bucket.this["lake"].bucket}/warehouse/${each.key}"
}

resource "aws_athena_workgroup" "this" {
  name          = var.name
  force_destroy = !var.protect

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scan_limit_gb * 1024 * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location = "s3://${aws_s3_bucket.this["lake"].bucket}/athena-results/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}
