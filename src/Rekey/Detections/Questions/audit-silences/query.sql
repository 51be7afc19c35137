-- Times without any row of a vault: before its first row, between two rows that are further apart than MaxPause, and after its last row.
-- Two rows in one slot are closer than MaxPause, so only the ends of slots are sorted.
WITH Slots AS (
    SELECT Vault, min(TimeGenerated) AS First, max(TimeGenerated) AS Last
    FROM VaultAudit
    WHERE Vault IN (SELECT Vault FROM AskedVault)
    GROUP BY Vault, time_bucket(getvariable('MaxPause'), TimeGenerated)
),
Ends AS (
    SELECT Vault, First, Last, lag(Last) OVER (PARTITION BY Vault ORDER BY First) AS Before,
        lead(First) OVER (PARTITION BY Vault ORDER BY First) IS NULL AS IsLast
    FROM Slots
)
SELECT Vault, NULL::TIMESTAMP AS "From", First AS "To" FROM Ends WHERE Before IS NULL
UNION ALL SELECT Vault, Before, First FROM Ends WHERE First - Before > getvariable('MaxPause')
UNION ALL SELECT Vault, Last, NULL FROM Ends WHERE IsLast
