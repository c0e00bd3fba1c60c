# The recorder on Fargate: what the pipeline measures of itself, into MySQL and into CloudWatch, where
# the alarms look. Nobody calls it; that it is gone is seen by the alarm on freshness.

module "service" {
  source = "../service"

  name               = "${var.name}-recorder"
  subnets            = var.subnets
  security_group     = var.security_group
  cluster_arn        = var.cluster_arn
  image              = var.image
  entry_point        = ["/opt/venv/bin/python", "-m", "headwater.recorder"]
  user               = "1000:1000"
  size               = { cpu = 256, memory = 512 }
  execution_role_arn = var.roles.execution
  task_role_arn      = var.roles.task
  kms_key_arn        = var.kms_key_arn

  environment = {
    HEADWATER_TARGET          = "aws"
    HEADWATER_TOPIC_PREFIX    = var.topic_prefix
    HEADWATER_AWS__DEPLOYMENT = jsonencode(var.deployment)
  }
}
