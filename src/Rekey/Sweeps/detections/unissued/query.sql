-- Accepted, and no issuance has its issuer and jti. A token without any issuance is one that none fits.
WITH Issued AS (SELECT DISTINCT i.Iss, i.Jti FROM TokenIssuance i SEMI JOIN UnfitAccess u ON i.Iss = u.Iss AND i.Jti = u.Jti)
SELECT 'unissued' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM UnfitAccess a ANTI JOIN Issued i ON i.Iss = a.Iss AND i.Jti = a.Jti
GROUP BY ALL
