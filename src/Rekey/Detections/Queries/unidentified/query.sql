-- Without an issuer and a jti no issuance can be asked for.
SELECT 'unidentified' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM GatewayAccess a
WHERE a.InBatch AND (a.Jti IS NULL OR a.Iss IS NULL)
GROUP BY ALL
