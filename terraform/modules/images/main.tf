# Registries of the images that docker/ describes. Push them before the services are made
# (docs/aws.md): a tag is written once.

resource "aws_ecr_repository" "this" {
  for_each             = toset(["headwater", "nifi", "superset", "emr"])
  name                 = "${var.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.protect

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.kms_key_arn
  }
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

data "aws_iam_policy_document" "emr_pulls" {
  statement {
    sid     = "EmrServerlessPulls"
    actions = ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "Service"
      identifiers = ["emr-serverless.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:SourceArn"
      values = [
        "arn:${data.aws_partition.here.partition}:emr-serverless:${data.aws_region.here.region}:${data.aws_caller_identity.here.account_id}:/applications/*",
      ]
    }
  }
}

resource "aws_ecr_repository_policy" "emr" {
  repository = aws_ecr_repository.this["emr"].name
  policy     = data.aws_iam_policy_document.emr_pulls.json
}
