-- The kid was not trusted at the moment of access, or iat lies past its issuedUntil. An issued token is verifier-lag while verifiers may still cache.
CREATE OR REPLACE TEMP TABLE TrustedWindow AS
SELECT DISTINCT Iss, Kid, TrustedFrom - getvariable('ClockSkew') AS "From", coalesce(TrustedUntil, 'infinity'::TIMESTAMP) AS Until, coalesce(IssuedUntil, 'infinity'::TIMESTAMP) AS IssuedUntil
FROM KidWindow;
SET VARIABLE Sieve = (
    SELECT bitstring_agg(SieveBit(a.TimeGenerated), 0, SieveMax())
    FROM (SELECT Iss, Kid, TimeGenerated, coalesce(IssuedAt, '-infinity'::TIMESTAMP) AS MintedAt FROM GatewayAccess WHERE InBatch AND coalesce(IsTimeKnown, true)) a
    ANTI JOIN TrustedWindow w ON w.Iss = a.Iss AND w.Kid = a.Kid AND a.TimeGenerated >= w."From" AND a.TimeGenerated < w.Until AND a.MintedAt <= w.IssuedUntil
    SEMI JOIN TrustedWindow j ON j.Iss = a.Iss);
CREATE OR REPLACE TEMP TABLE Untrusted AS
SELECT a.*
FROM (SELECT *, coalesce(IssuedAt, '-infinity'::TIMESTAMP) AS MintedAt FROM GatewayAccess_TimeGenerated WHERE InBatch AND coalesce(IsTimeKnown, true) AND Iss IN (SELECT Iss FROM TrustedWindow)) a
ANTI JOIN TrustedWindow w ON w.Iss = a.Iss AND w.Kid = a.Kid AND a.TimeGenerated >= w."From" AND a.TimeGenerated < w.Until AND a.MintedAt <= w.IssuedUntil;
CREATE OR REPLACE TEMP TABLE MayBeCached AS
SELECT u.*
FROM Untrusted u
SEMI JOIN TrustedWindow w ON w.Iss = u.Iss AND w.Kid = u.Kid AND u.TimeGenerated >= w."From" AND u.TimeGenerated >= w.Until
    AND u.TimeGenerated < CASE WHEN isfinite(w.Until) THEN w.Until + getvariable('VerifierCacheTime') ELSE w.Until END AND u.MintedAt <= w.IssuedUntil;
SET VARIABLE Sieve = (SELECT bitstring_agg(SieveBit(Jti), 0, SieveMax()) FROM MayBeCached WHERE Jti IS NOT NULL);
WITH Lagging AS (
    SELECT DISTINCT c.Iss, c.Kid, c.Jti, c.TimeGenerated, c.MintedAt
    FROM MayBeCached c SEMI JOIN TokenIssuance_Jti i ON i.Iss = c.Iss AND i.Jti = c.Jti)
SELECT CASE WHEN l.Jti IS NOT NULL THEN 'verifier-lag' ELSE 'retired-key' END AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM Untrusted a LEFT JOIN Lagging l ON l.Iss = a.Iss AND l.Kid = a.Kid AND l.Jti = a.Jti AND l.TimeGenerated = a.TimeGenerated AND l.MintedAt = a.MintedAt
GROUP BY ALL
