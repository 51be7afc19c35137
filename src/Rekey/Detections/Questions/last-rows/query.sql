-- The last row of each log. A log without one is missing here.
SELECT Log, Last
FROM (
    SELECT 'vault' AS Log, max(TimeGenerated) AS Last FROM VaultAudit WHERE Vault != ''
    UNION ALL SELECT 'directory', max(TimeGenerated) FROM DirectoryAudit WHERE Actor != '' OR Target0 != ''
    UNION ALL SELECT Log, max(TimeGenerated) FROM SignIn GROUP BY Log
)
WHERE Last IS NOT NULL
