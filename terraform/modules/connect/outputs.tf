output "plugin_arn" {
  description = "The custom plugin."
  value       = aws_mskconnect_custom_plugin.this.arn
}

output "plugin_revision" {
  description = "Its revision."
  value       = aws_mskconnect_custom_plugin.this.latest_revision
}

output "worker_configuration_arn" {
  description = "The worker's configuration."
  value       = aws_mskconnect_worker_configuration.this.arn
}

output "worker_configuration_revision" {
  description = "Its revision."
  value       = aws_mskconnect_worker_configuration.this.latest_revision
}

output "log_group" {
  description = "Where the connector logs."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "Its ARN."
  value       = aws_cloudwatch_log_group.this.arn
}
