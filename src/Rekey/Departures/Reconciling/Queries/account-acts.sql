-- Acts that close or open an account. Dynamic values are texts of JSON.
SELECT coalesce(ActivityDateTime, TimeGenerated) AS At, OperationName, CorrelationId, TargetResources AS Targets
FROM AuditLogs
WHERE lower(Result) = 'success'
  AND OperationName IN ('Disable account', 'Enable account', 'Delete user', 'Hard Delete user', 'Restore user', 'Update user')
