-- What the principals that are asked about did: operations on vaults, refused ones too; credentials that they added;
-- sign-ins that succeeded. A row counts for the
-- object id, or else for the application id.
SELECT What, Principal, Operation, Target, IsSuccess, min(TimeGenerated) AS First, max(TimeGenerated) AS Last
FROM (
    SELECT TimeGenerated, 'vault' AS What, CASE WHEN Oid IN (SELECT Principal FROM AskedPrincipal) THEN Oid ELSE AppId END AS Principal, Operation,
        Vault || '/' || Kind || '/' || Name AS Target, coalesce(StatusCode, 200) < 300 AS IsSuccess
    FROM VaultAudit
    WHERE Operation != 'authentication'
        AND (Oid IN (SELECT Principal FROM AskedPrincipal) OR AppId IN (SELECT Principal FROM AskedPrincipal))
    UNION ALL
    SELECT TimeGenerated, 'credential', Actor, Operation, Target0, true
    FROM DirectoryAudit
    WHERE (Result = '' OR Result = 'success')
        AND (contains(Operation, 'credential') OR contains(Operation, 'certificates and secrets'))
        AND Actor IN (SELECT Principal FROM AskedPrincipal)
    UNION ALL
    SELECT TimeGenerated, 'sign-in', CASE WHEN Oid IN (SELECT Principal FROM AskedPrincipal) THEN Oid ELSE AppId END, Log, Resource, true
    FROM SignIn
    WHERE (Result = '0' OR Result = 'success')
        AND (Oid IN (SELECT Principal FROM AskedPrincipal) OR AppId IN (SELECT Principal FROM AskedPrincipal))
)
GROUP BY ALL
