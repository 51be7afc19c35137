-- The gateways that accepted a token: by its hash, or by iss and jti where the hash or the line lacks one.
SELECT coalesce(Gateway, '') AS Gateway, min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen, count(*) AS Accesses
FROM GatewayAccess
WHERE CASE
    WHEN getvariable('AskedHash') != '' AND coalesce(SigningInputSha256, '') != '' THEN SigningInputSha256 = getvariable('AskedHash')
    ELSE getvariable('AskedJti') != '' AND coalesce(Iss, '') = getvariable('AskedIss') AND Jti = getvariable('AskedJti')
END
GROUP BY ALL
ORDER BY Accesses DESC, Gateway
LIMIT 100
