-- Accesses of an issuer with a trusted key, and not one issuance of it in the whole look-back: nobody knows its last line, so the hole begins where the first
-- of these tokens can have been minted. A token that was accepted longer after its iat than any lives may have been issued before the look-back: it says nothing.
SELECT s.Iss, '*' AS IssuerInstance, CASE WHEN s.First < TIMESTAMP '0002-01-01' THEN s.First ELSE s.First - getvariable('MaxTokenLifetime') END AS "From",
    NULL::TIMESTAMP AS "To", NULL::BIGINT AS Missing
FROM (SELECT Iss, min(TimeGenerated) AS First FROM GatewayAccess
    WHERE IssuedAt IS NULL OR epoch_us(TimeGenerated) - epoch_us(IssuedAt) <= epoch_us(getvariable('MaxTokenLifetime')) + epoch_us(getvariable('ClockSkew'))
    GROUP BY Iss) s
SEMI JOIN (SELECT Iss FROM KidWindow WHERE TrustedUntil IS NULL OR TrustedUntil > getvariable('ArrivedUntil')) k ON k.Iss = s.Iss
ANTI JOIN (SELECT DISTINCT Iss FROM TokenIssuance) i ON i.Iss = s.Iss
