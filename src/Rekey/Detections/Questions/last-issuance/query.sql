-- When an issuer last logged a token: under one of the kids that are asked about, without a kid, and at all.
-- A line of the far future is a use, but does not show that the issuer still logs.
SELECT max(CASE WHEN a.Kid IS NOT NULL THEN i.TimeGenerated END) AS OfKids,
    max(CASE WHEN coalesce(i.Kid, '') = '' THEN i.TimeGenerated END) AS WithoutKid,
    max(CASE WHEN i.TimeGenerated < getvariable('AskedUntil') THEN i.TimeGenerated END) AS OfIssuer
FROM TokenIssuance i LEFT JOIN AskedKid a ON a.Kid = i.Kid
WHERE i.Iss = getvariable('AskedIss')
