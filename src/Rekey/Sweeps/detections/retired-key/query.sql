-- The kid was not trusted at the moment of access, or iat lies past its issuedUntil. An issued token is verifier-lag while verifiers may still cache.
WITH Untrusted AS (
    SELECT a.* FROM GatewayAccess a
    WHERE a.InBatch
        AND EXISTS (SELECT 1 FROM KidWindow w WHERE w.Iss = a.Iss)
        AND NOT EXISTS (
            SELECT 1 FROM KidWindow w
            WHERE w.Iss = a.Iss AND w.Kid = a.Kid
                AND a.TimeGenerated >= w.TrustedFrom - getvariable('ClockSkew')
                AND (w.TrustedUntil IS NULL OR a.TimeGenerated < w.TrustedUntil)
                AND (w.IssuedUntil IS NULL OR a.IssuedAt IS NULL OR a.IssuedAt <= w.IssuedUntil))),
Judged AS (
    SELECT u.*, EXISTS (
        SELECT 1 FROM KidWindow w
        WHERE w.Iss = u.Iss AND w.Kid = u.Kid
            AND u.TimeGenerated >= w.TrustedFrom - getvariable('ClockSkew')
            AND u.TimeGenerated >= w.TrustedUntil
            AND u.TimeGenerated < w.TrustedUntil + getvariable('VerifierCacheTime')
            AND (w.IssuedUntil IS NULL OR u.IssuedAt IS NULL OR u.IssuedAt <= w.IssuedUntil)) AS MayBeCached
    FROM Untrusted u),
Issued AS (SELECT DISTINCT i.Iss, i.Jti FROM TokenIssuance i SEMI JOIN (SELECT * FROM Judged WHERE MayBeCached) j ON i.Iss = j.Iss AND i.Jti = j.Jti)
SELECT CASE WHEN a.MayBeCached AND i.Jti IS NOT NULL THEN 'verifier-lag' ELSE 'retired-key' END AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM Judged a LEFT JOIN Issued i ON i.Iss = a.Iss AND i.Jti = a.Jti
GROUP BY ALL
