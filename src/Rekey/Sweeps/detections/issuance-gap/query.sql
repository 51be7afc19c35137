-- Holes in the sequence numbers of an instance, and its silence at the end.
WITH Numbered AS (
    SELECT Iss, coalesce(IssuerInstance, '') AS IssuerInstance, Sequence, min(TimeGenerated) AS TimeGenerated
    FROM TokenIssuance WHERE Sequence IS NOT NULL GROUP BY ALL),
Step AS (
    SELECT Iss, IssuerInstance, TimeGenerated AS "From", lead(TimeGenerated) OVER Line AS "To", lead(Sequence) OVER Line::HUGEINT - Sequence - 1 AS Missing
    FROM Numbered WINDOW Line AS (PARTITION BY Iss, IssuerInstance ORDER BY Sequence)),
-- Two lines in one slot are closer than a third of MinSilence: three times their pause decides nothing, and slots are few.
Slot AS (
    SELECT Iss, coalesce(IssuerInstance, '') AS IssuerInstance, min(epoch_us(TimeGenerated)) AS First, max(epoch_us(TimeGenerated)) AS Last
    FROM TokenIssuance GROUP BY 1, 2, epoch_us(TimeGenerated) // greatest(epoch_us(getvariable('MinSilence')) // 3, 1)),
Pause AS (SELECT Iss, IssuerInstance, Last, First - lag(Last) OVER (PARTITION BY Iss, IssuerInstance ORDER BY First) AS Length FROM Slot),
Instance AS (SELECT Iss, IssuerInstance, max(Last) AS Last, coalesce(max(Length), 0) AS Longest FROM Pause GROUP BY ALL)
SELECT Iss, IssuerInstance, "From", "To", least(Missing, 9223372036854775807)::BIGINT AS Missing
FROM Step WHERE Missing > 0
UNION ALL
SELECT Iss, IssuerInstance, make_timestamp(Last), NULL, NULL
FROM Instance
WHERE epoch_us(getvariable('ArrivedUntil')) - Last > greatest(epoch_us(getvariable('MinSilence')), 3 * Longest)
