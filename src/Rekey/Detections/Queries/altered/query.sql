-- Accepted, and there are issuances with its issuer and jti, but none that fits.
SELECT 'altered' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM UnfitAccess a
WHERE a.IsIssued
GROUP BY ALL
