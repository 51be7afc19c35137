namespace Rekey.Infra.Tests.Deploying;

/// <summary>A script that asks Azure, and how Azure answers when all is well.</summary>
/// <param name="Script">In <c>infra</c>.</param>
/// <param name="Arguments">Of the script.</param>
/// <param name="Does">The answers, as a script of the shell.</param>
/// <param name="Reads">Words of the calls whose answers decide: an answer that is no answer must end the script.</param>
internal sealed record AzureScript(string Script, string[] Arguments, string Does, string[] Reads)
{
    public const string Declaration = """{"environment":"prod","why":"it's \"so\" & $HOME"}""";

    public const string Subscription = "00000000-0000-4000-8000-0000000000aa";

    public const string Deployer = "00000000-0000-4000-8000-0000000e0001";

    /// <summary>What each of them finds in its environment.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AZURE_SUBSCRIPTION_ID"] = Subscription,
            ["AZURE_APP_RESOURCE_GROUP"] = "rg",
            ["AZURE_FUNCTION_APP_NAME"] = "func",
            ["REKEY_EVIDENCE_ACCOUNT"] = "evidence",
            ["REKEY_DECLARATION"] = Declaration,
            ["REKEY_DEPLOYER_ID"] = Deployer,
            ["REKEY_BREAK_GLASS_GROUP_ID"] = "none",
            ["REKEY_RETRY_SECONDS"] = "0",
        };

    public static IReadOnlyList<AzureScript> All { get; } =
    [
        new("providers.sh", [], ":", []),
        new("evidence-locked.sh", ["prod"], Locked("Locked"), ["group exists", "account list", "container-rm exists", "policy show"]),
        new(
            "complete.sh",
            [],
            """
            case "$*" in
              *"policy show"*"--container-name ledger"*) echo 'Unlocked "0x1"' ;;
              *"policy show"*) echo 'Locked "0x2"' ;;
            esac
            """,
            ["policy show"]
        ),
        new("outputs.sh", ["prod"], Outputs("azurE_APP_RESOURCE_GROUP"), ["stack sub show"]),
        new("outputs.sh", ["dev", "Rekey-20261130"], Outputs("azurE_APP_RESOURCE_GROUP"), ["deployment sub show --name Rekey-20261130"]),
        new("stack.sh", ["what-if", "prod"], Locked("Locked"), ["group exists", "account list", "container-rm exists", "policy show"]),
        new("stack.sh", ["create", "prod"], Locked("Unlocked"), ["group exists", "account list", "container-rm exists", "policy show"]),
    ];

    /// <summary>Azure with an environment whose ledger has a policy in this state.</summary>
    public static string Locked(string state) =>
        $$"""
            case "$*" in
              *"group exists"*) echo true ;;
              *"account list"*) printf '[\n  "strkprodevid1234"\n]\n' ;;
              *"container-rm exists"*) echo true ;;
              *"policy show"*) echo {{state}} ;;
            esac
            """;

    /// <summary>Azure with a stack whose outputs have these names: some are written in another case than in the template.</summary>
    public static string Outputs(string group) =>
        $$$"""
            case "$*" in
              *"stack sub show"* | *"deployment sub show"*) cat <<'JSON'
            {"{{{group}}}":{"type":"String","value":"rg"},"AZURE_FUNCTION_APP_NAME":{"type":"String","value":"func"},
             "REKEY_APP_PRINCIPAL_ID":{"type":"String","value":"id"},"REKEY_URL":{"type":"String","value":"https://rekey.example"},
             "REKEY_EVIDENCE_ACCOUNT":{"type":"String","value":"evid"},"REKEY_DECLARATION":{"type":"String","value":"{\"a\":\"b c\"}"}}
            JSON
            ;;
            esac
            """;
}
