-- Successful operations on the keys that are asked about. A status that is missing counts as success: that errs to exposed. Operations that use or take key material
-- count for the principals that are asked about; those that show how a version was made, or that it left the vault, count for everyone.
SELECT Vault, Kind, Name, Version, Operation, Oid, AppId, IsPerson, min(TimeGenerated) AS First, max(TimeGenerated) AS Last, count(*) AS Rows
FROM (
    -- The same operation may stand in both tables.
    SELECT DISTINCT TimeGenerated, Operation, Vault, Kind, Name, Version, Oid, AppId, IsPerson, CorrelationId
    FROM VaultAudit
    WHERE (StatusCode IS NULL OR StatusCode < 300)
        AND (Vault, Name) IN (SELECT (Vault, Name) FROM AskedKey)
        AND (
            Operation IN ('keycreate', 'keyrotate', 'keyrotateifdue', 'keyimport', 'keyrestore', 'keybackup', 'keyrelease', 'secretget', 'secretbackup', 'certificateimport', 'certificatebackup')
            OR (
                Operation IN ('keysign', 'keydecrypt', 'keyunwrap')
                AND (getvariable('AsksEveryone') OR Oid IN (SELECT Principal FROM AskedPrincipal) OR AppId IN (SELECT Principal FROM AskedPrincipal))
            )
        )
)
GROUP BY ALL
