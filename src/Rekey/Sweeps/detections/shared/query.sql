-- One token from too many networks or addresses, over its whole life. Least and greatest address of a jti are cheap, and a token whose jti has
-- one address only is within every limit but 0: so the exact count is made of the few that move.
WITH Moving AS (
    SELECT Jti FROM GatewayAccess WHERE Jti IS NOT NULL GROUP BY Jti
    HAVING bool_or(InBatch)
        AND (min(SrcIpAddr) < max(SrcIpAddr) OR least(getvariable('MaxNetworksPerToken'), getvariable('MaxAddressesPerToken')) < 1)),
Access AS (SELECT a.* FROM GatewayAccess a SEMI JOIN Moving m ON m.Jti = a.Jti),
Address AS (
    SELECT *, CASE
            WHEN contains(SrcIpAddr, ':') THEN array_to_string((Head || list_resize([]::VARCHAR[], LeftOut, '0') || Tail)[1:3], ':')
            ELSE array_to_string(string_split(SrcIpAddr, '.')[1:3], '.')
        END AS Network
    FROM (
        SELECT *, CASE WHEN contains(SrcIpAddr, '::') THEN greatest(8 - len(Head) - len(Tail), 0) ELSE 0 END AS LeftOut
        FROM (
            SELECT Iss, Jti, SigningInputSha256, SrcIpAddr, bool_or(InBatch) AS InBatch,
                list_filter(string_split(split_part(SrcIpAddr, '::', 1), ':'), lambda g: g <> '') AS Head,
                list_filter(string_split(split_part(SrcIpAddr, '::', 2), ':'), lambda g: g <> '') AS Tail
            FROM Access GROUP BY Iss, Jti, SigningInputSha256, SrcIpAddr))),
Token AS (
    SELECT Iss, Jti, SigningInputSha256 FROM Address GROUP BY ALL
    HAVING bool_or(InBatch)
        AND (count(DISTINCT SrcIpAddr) > getvariable('MaxAddressesPerToken') OR count(DISTINCT Network) > getvariable('MaxNetworksPerToken')))
SELECT 'shared' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM Access a SEMI JOIN Token t ON t.Iss = a.Iss AND t.Jti = a.Jti AND t.SigningInputSha256 IS NOT DISTINCT FROM a.SigningInputSha256
GROUP BY ALL
