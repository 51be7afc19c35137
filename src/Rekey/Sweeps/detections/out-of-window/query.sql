-- Accepted before iat or after exp, beyond the skew.
SELECT 'out-of-window' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM GatewayAccess a
WHERE a.InBatch
    AND (a.TimeGenerated < a.IssuedAt - getvariable('ClockSkew') OR a.TimeGenerated > a.ExpiresAt + getvariable('ClockSkew'))
GROUP BY ALL
