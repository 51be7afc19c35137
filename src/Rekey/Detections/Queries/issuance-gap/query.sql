-- Holes in the sequence numbers of an instance, and its silence at the end. One look at the lines: 32 numbers in a row are the bits of one block, and whole blocks
-- have no hole. Two lines in one slot are closer than a third of MinSilence: three times their pause decides nothing, and slots are few.
CREATE OR REPLACE TEMP TABLE Block AS
SELECT Iss, coalesce(IssuerInstance, '') AS IssuerInstance, Sequence >> 5 AS Number, epoch_us(TimeGenerated) // greatest(epoch_us(getvariable('MinSilence')) // 3, 1) AS Slot,
    bit_or(1::BIGINT << (Sequence & 31)) AS Present, min(epoch_us(TimeGenerated)) AS First, max(epoch_us(TimeGenerated)) AS Last
FROM TokenIssuance GROUP BY 1, 2, 3, 4;
CREATE OR REPLACE TEMP TABLE Hole AS
WITH Numbered AS (SELECT Iss, IssuerInstance, Number, bit_or(Present) AS Present FROM Block WHERE Number IS NOT NULL GROUP BY ALL),
Beside AS (
    SELECT *,
        CASE WHEN lag(Number) OVER Line = Number - 1 THEN lag(Present) OVER Line >> 31 ELSE 0 END AS Before,
        CASE WHEN lead(Number) OVER Line = Number + 1 THEN lead(Present) OVER Line & 1 ELSE 0 END AS Behind
    FROM Numbered WINDOW Line AS (PARTITION BY Iss, IssuerInstance ORDER BY Number)),
-- The first and the last number of each run without a hole.
Ends AS (
    SELECT Iss, IssuerInstance, Number, Present & ~(((Present << 1) & 4294967295) | Before) AS Firsts, Present & ~((Present >> 1) | (Behind << 31)) AS Lasts FROM Beside),
Edge AS (
    SELECT Iss, IssuerInstance, Number * 32 + Bit AS Sequence, IsLast
    FROM (SELECT * FROM Ends WHERE Firsts <> 0 OR Lasts <> 0), range(32) b(Bit), (VALUES (false), (true)) e(IsLast)
    WHERE (CASE WHEN IsLast THEN Lasts ELSE Firsts END >> Bit) & 1 = 1),
Next AS (
    SELECT *, lead(Sequence) OVER (PARTITION BY Iss, IssuerInstance ORDER BY Sequence, IsLast) AS NextSequence FROM Edge)
SELECT Iss, IssuerInstance, Sequence, NextSequence FROM Next WHERE IsLast AND NextSequence IS NOT NULL;
SET VARIABLE Sieve = (SELECT bitstring_agg(SieveBit(s), 0, SieveMax()) FROM (SELECT unnest([Sequence, NextSequence]) AS s FROM Hole));
WITH Line AS (
    SELECT Iss, coalesce(IssuerInstance, '') AS IssuerInstance, Sequence, min(TimeGenerated) AS TimeGenerated
    FROM TokenIssuance_Sequence GROUP BY 1, 2, 3),
Pause AS (
    SELECT Iss, IssuerInstance, Last, First - lag(Last) OVER (PARTITION BY Iss, IssuerInstance ORDER BY First) AS Length
    FROM (SELECT Iss, IssuerInstance, min(First) AS First, max(Last) AS Last FROM Block GROUP BY Iss, IssuerInstance, Slot)),
Instance AS (SELECT Iss, IssuerInstance, max(Last) AS Last, coalesce(max(Length), 0) AS Longest FROM Pause GROUP BY ALL)
SELECT h.Iss, h.IssuerInstance, f.TimeGenerated AS "From", t.TimeGenerated AS "To", least(h.NextSequence::HUGEINT - h.Sequence - 1, 9223372036854775807)::BIGINT AS Missing
FROM Hole h
JOIN Line f ON f.Iss = h.Iss AND f.IssuerInstance = h.IssuerInstance AND f.Sequence = h.Sequence
JOIN Line t ON t.Iss = h.Iss AND t.IssuerInstance = h.IssuerInstance AND t.Sequence = h.NextSequence
UNION ALL
SELECT Iss, IssuerInstance, make_timestamp(Last), NULL, NULL
FROM Instance
WHERE epoch_us(getvariable('ArrivedUntil')) - Last > greatest(epoch_us(getvariable('MinSilence')), 3 * Longest)
