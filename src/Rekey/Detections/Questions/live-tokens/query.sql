-- The tokens of an issuer that have not expired: under one of the kids that are asked about, who holds them, and those without a kid. A token without an expiry counts.
WITH Live AS (
    SELECT i.Jti, i.Kid, a.Kid IS NOT NULL AS IsAsked, coalesce(nullif(i.Sub, ''), i.ClientId, '') AS Caller
    FROM TokenIssuance i LEFT JOIN AskedKid a ON a.Kid = i.Kid
    WHERE i.Iss = getvariable('AskedIss') AND (i.ExpiresAt IS NULL OR i.ExpiresAt > getvariable('AskedAt'))
)
SELECT 'tokens' AS What, count(DISTINCT Jti) AS Count FROM Live WHERE IsAsked
UNION ALL SELECT 'callers', count(DISTINCT Caller) FROM Live WHERE IsAsked AND Caller != ''
UNION ALL SELECT 'without-kid', count(DISTINCT Jti) FROM Live WHERE coalesce(Kid, '') = ''
