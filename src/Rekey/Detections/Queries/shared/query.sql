-- One token from too many networks or addresses, over its whole life. A token that was used no more often than that is within every limit: numbers of uses
-- are cheap, and what is left is counted exactly. Half a hash is enough to count by: two tokens that are taken for one are only looked at.
SET VARIABLE Sieve = (
    SELECT bitstring_agg(SieveBitOf(Hashed), 0, SieveMax())
    FROM (
        SELECT (hash(Jti) & 4294967295)::UINTEGER AS Hashed FROM GatewayAccess WHERE Jti IS NOT NULL AND Iss IS NOT NULL GROUP BY 1
        HAVING count(*) > least(getvariable('MaxNetworksPerToken'), getvariable('MaxAddressesPerToken'))));
CREATE OR REPLACE TEMP TABLE SharedToken AS
WITH Address AS (
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
            FROM GatewayAccess_Jti WHERE Jti IS NOT NULL AND Iss IS NOT NULL GROUP BY Iss, Jti, SigningInputSha256, SrcIpAddr)))
SELECT Iss, Jti, SigningInputSha256 FROM Address GROUP BY ALL
HAVING bool_or(InBatch)
    AND (count(DISTINCT SrcIpAddr) > getvariable('MaxAddressesPerToken') OR count(DISTINCT Network) > getvariable('MaxNetworksPerToken'));
SET VARIABLE Sieve = (SELECT bitstring_agg(SieveBit(Jti), 0, SieveMax()) FROM SharedToken);
SELECT 'shared' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM GatewayAccess_Jti a
SEMI JOIN SharedToken t ON t.Iss = a.Iss AND t.Jti = a.Jti AND t.SigningInputSha256 IS NOT DISTINCT FROM a.SigningInputSha256
GROUP BY ALL
