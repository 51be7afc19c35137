-- Accepted before iat or after exp, beyond the skew.
SET VARIABLE Sieve = (
    SELECT bitstring_agg(SieveBit(TimeGenerated), 0, SieveMax()) FROM GatewayAccess
    WHERE InBatch AND coalesce(IsTimeKnown, true) AND (epoch_us(TimeGenerated) < epoch_us(IssuedAt) - epoch_us(getvariable('ClockSkew')) OR epoch_us(TimeGenerated) > epoch_us(ExpiresAt) + epoch_us(getvariable('ClockSkew'))));
SELECT 'out-of-window' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM GatewayAccess_TimeGenerated a
WHERE a.InBatch AND coalesce(a.IsTimeKnown, true)
    AND (a.TimeGenerated < a.IssuedAt - getvariable('ClockSkew') OR a.TimeGenerated > a.ExpiresAt + getvariable('ClockSkew'))
GROUP BY ALL
