-- Accepted, and no issuance has its issuer and jti. A token without any issuance is one that none fits.
SELECT 'unissued' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM UnfitAccess a
WHERE NOT a.IsIssued
GROUP BY ALL
