namespace Rekey.Cli.Commands.Operators;

/// <summary>The examples of the commands that call a running Rekey.</summary>
internal static class OperatorHelp
{
    private const string Common = """

        --what-if shows the request and what follows from it, and sends nothing. Without --yes, a command that changes something asks first.
        How to connect: rekey status --help
        Exit codes: 0 done; 1 the command line is wrong, Rekey refused, or it cannot be reached.
        """;

    private const string Status = """
        Examples:
          rekey status --server https://rekey.example --scope api://rekey-prod
          rekey status --profile prod --output json
          rekey status --server local                      the local world of src/Rekey.Local

        How to connect: give --server with --scope, or --profile <name>, or set REKEY_SERVER and REKEY_SCOPE, or write the profile
        'default'.
        A profile is the file rekey/<name>.json in your configuration folder (~/.config on Linux, %APPDATA% on Windows):
          {"server":"https://<address of the app>","scope":"api://<application>/.default","tenant":"<tenant id>"}
        It may also have "login" (az, managedIdentity or deviceCode) and "trustedCa" (a PEM file). By default you sign in with az login.

        Exit codes: 0 Rekey runs and is healthy; 1 the command failed; 2 Rekey is stopped or unhealthy.
        """;

    private const string Doctor = """
        Examples:
          rekey doctor --server https://rekey.example --scope api://rekey-prod
          rekey doctor --profile prod --output ndjson      one check a line, for pipelines
          rekey doctor --server local                      the local world of src/Rekey.Local
          rekey doctor --plan --subscription <id>          before the first deployment, with your own sign-in

        Each line is ok, or says what to do. The app answers; you need the role Operator. How to connect: rekey status --help
        With --plan no Rekey is called: you need to read the subscription, and sign in with az login.

        Exit codes: 0 every check is ok; 1 the command failed; 2 a check is not ok, or the app could not find out.
        """;

    private const string Departures = """
        Examples:
          rekey departures                                 the same as rekey departures list
          rekey departures show <id>
          rekey departures report <object id> --reference HR-4711 --what-if
          rekey departures report alice@contoso.example --key shop --hostile

        A person is named by the object id, or by the name with which they sign in: your own sign-in then asks the directory. A key is named
        by its id or its name.
        """;

    private const string Rotations = """
        Examples:
          rekey rotations list --output ndjson
          rekey rotations show shop                        the last rotation of the key shop
          rekey rotations cancel kv-prod.vault.azure.net~shop~3
        """;

    private const string Keys = """
        Examples:
          rekey keys list --issuer shop
          rekey keys list --custodian <object id>
          rekey keys show shop                             every version, and when it is trusted
        """;

    private const string Findings = """
        Examples:
          rekey findings                                   the same as rekey findings list
          rekey findings list --state all --output ndjson
          rekey findings show <id>
        """;

    private const string Decisions = """
        Examples:
          rekey decisions list
          rekey decisions show <id>
          rekey decisions approve <id> --reason "CHG-4711"
          rekey decisions decline <id> --reason "back from leave" --yes

        An answer carries the hash of the question that was shown: if the plan changes in between, Rekey refuses it.
        """;

    private const string Tokens = """
        Examples:
          rekey tokens find --iss https://login.shop.example --jti 7f3c
          rekey tokens find --token-file - < token.txt
        """;

    private const string Blocks = """
        Examples:
          rekey blocks list
          rekey blocks add --kind token --issuer shop --value <jti> --reason "INC-12"
          rekey blocks remove <id> --reason "an honest customer"
        """;

    private const string StopAndStart = """
        Examples:
          rekey stop                                       at once; it asks nothing first, and can be repeated
          rekey start --reason "INC-12 is over"            a second approver must approve it
        """;

    private const string LedgerList = """
        Examples:
          rekey ledger list --limit 100
          rekey ledger list --kind trust-ended --since 2026-11-01 --output ndjson
        """;

    /// <summary>By the words of the command.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Examples =>
        [
            new("rekey status", Status),
            new("rekey doctor", Doctor),
            new("rekey departures", Departures + Common),
            new("rekey rotations", Rotations + Common),
            new("rekey keys", Keys + Common),
            new("rekey findings", Findings + Common),
            new("rekey decisions", Decisions + Common),
            new("rekey tokens", Tokens + Common),
            new("rekey blocks", Blocks + Common),
            new("rekey stop", StopAndStart + Common),
            new("rekey start", StopAndStart + Common),
            new("rekey ledger list", LedgerList + Common),
        ];
}
