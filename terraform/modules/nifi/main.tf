# NiFi on Fargate and not on EC2: no host to patch, the same image everywhere, and a few polls a
# minute need no fast local disk. With gigabytes an hour through its repositories EC2 with EBS is better.

module "service" {
  source = "../service"

  name               = "${var.name}-nifi"
  subnets            = var.subnets
  security_group     = var.security_groups["nifi"]
  cluster_arn        = var.cluster_arn
  image              = var.image
  user               = "1000:1000"
  size               = var.size
  execution_role_arn = var.roles.execution
  task_role_arn      = var.roles.task
  kms_key_arn        = var.kms_key_arn

  entrance = {
    vpc_id       = var.vpc_id
    listener_arn = var.listener_arn
    priority     = 10
    host         = var.host
    port         = 8443
    protocol     = "HTTPS" # NiFi's own certificate; it asks for a login only over TLS
    health       = { path = "/nifi/", codes = "200-399" }
  }

  environment = {
    NIFI_WEB_HTTPS_HOST = "0.0.0.0"
    NIFI_WEB_HTTPS_PORT = "8443"
    NIFI_WEB_PROXY_HOST = "${var.host},${var.host}:443"
    NIFI_JVM_HEAP_INIT  = "${floor(var.size.memory / 4)}m"
    NIFI_JVM_HEAP_MAX   = "${floor(var.size.memory / 2)}m" # the rest is for Python processors
  }

  secrets = {
    SINGLE_USER_CREDENTIALS_USERNAME = "${var.secret_arns["nifi/login"]}:username::"
    SINGLE_USER_CREDENTIALS_PASSWORD = "${var.secret_arns["nifi/login"]}:password::"
    NIFI_SENSITIVE_PROPS_KEY         = "${var.secret_arns["nifi/key"]}:password::"
  }

  files = {
    file_system  = var.file_system.id
    access_point = var.file_system.access_point
    path         = "/opt/nifi/nifi-current/persistent"
  }
}
