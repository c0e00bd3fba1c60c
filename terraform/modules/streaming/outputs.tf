output "application_id" {
  description = "The application."
  value       = aws_emrserverless_application.this.id
}

output "application_arn" {
  description = "Its ARN."
  value       = aws_emrserverless_application.this.arn
}

output "package" {
  description = "Where the job's files are; another folder for other files."
  value       = "s3://${var.artifacts_bucket}/streaming/${local.digest}"
  depends_on  = [aws_s3_object.package]
}

output "log_group" {
  description = "Where driver and executors log."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "Its ARN."
  value       = aws_cloudwatch_log_group.this.arn
}
