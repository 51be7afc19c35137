namespace Rekey.Cli.Tests.Operators;

/// <summary>Answers in the form that docs/reference/openapi.json says; <see cref="ApiBodyTests"/> holds them to it.</summary>
internal static class ApiBodies
{
    public const string Person = "aaaaaaaa-1111-4222-8333-cccccccccccc";
    public const string Departure = $"6d0f0000-1111-2222-3333-444444444444~{Person}~1";
    public const string Decision = "c6CMvNPsQ0yJ8sV2nF1kZ3xW7aE";
    public const string Finding = "o6aTk2Lw9QxYb4Vn7Rc1Zs5Jd8H";
    public const string Block = "bl0ckA1s2D3f4G5h6J7k8L9zXcV";
    public const string Key = "kv-prod.vault.azure.net/shop";
    public const string OldVersion = "f63901314c0e4d3c9a0b6f2a1c5d7e80";
    public const string NewVersion = "a594bfc6d2e84f0ab7c19d3e5f708142";
    public const string PlanHash = "9f2c6a1e5b7d4083";

    private const string Scope = "/subscriptions/11111111-2222-4333-8444-555555555555";
    private const string Approver = "dddddddd-1111-4222-8333-cccccccccccc";

    public const string Rotation = $$"""
        {"rotation":"kv-prod.vault.azure.net~shop~3","key":"{{Key}}","state":"Verified","result":"rotated",
         "cancelledAt":null,"causes":null,"startedAt":"2026-03-01T13:08:00Z","oldVersions":["{{OldVersion}}"],
         "newVersion":"{{NewVersion}}","versionCreatedAt":"2026-03-01T13:08:05Z","signingStoppedAt":"2026-03-01T13:08:10Z",
         "trustEndedAt":"2026-03-01T13:08:15Z","verifiedAt":"2026-03-01T13:08:21Z","worthlessAt":"2026-03-01T13:23:15Z","stuckReason":null}
        """;

    private const string Outcome = $$"""
        {"result":"rotated","at":"2026-03-01T13:08:21Z","by":"{{Approver}}","why":"An approver approved it.","decision":"{{Decision}}"}
        """;

    private const string Statement =
        $"The directory has not confirmed that {Person} has left; it was only reported. "
        + "On yes: every live token that the old version signed ends. On no: the old version stays trusted.";

    public const string Question = $$"""
        {"id":"{{Decision}}","kind":"rotate","about":"{{Key}}",
         "statement":"{{Statement}}",
         "planHash":"{{PlanHash}}","state":"Pending","askedAt":"2026-03-01T12:00:00Z",
          "expiresAt":"2026-03-01T16:00:00Z","onExpiry":"CarryOut",
         "answeredBy":null,"answeredAt":null,"reason":null,"firstAnsweredBy":null,
         "facts":{"departure":"{{Departure}}","confirmed":false,"reportedBy":["{{Approver}}"],"references":["HR-4711"],"account":"Enabled",
                  "accountUnknown":null,
          "versions":["{{OldVersion}}"],"liveTokens":1204,"callers":310,"countedAt":"2026-03-01T12:00:30Z","liveTokensUnknown":null,
                  "held":true,"noEffect":null,"outcome":null} }
        """;

    private const string OneFinding = $$"""
        {"id":"{{Finding}}","kind":"forged-tokens","about":"{{Key}}","severity":"Critical","title":"Somebody can make tokens.",
         "remedy":"See that the key is rotated, and read the damage.",
          "evidence":{"kid":"CRNRLTDt2TITkq0V3cYw"},"firstSeen":"2026-03-01T11:00:00Z",
         "lastSeen":"2026-03-01T11:30:00Z","raisedAt":"2026-03-01T11:00:01Z",
          "closedAt":null,"closedBecause":null,"acknowledged":null,"damage":null,"tokens":null,
         "next":null,"unreadable":null}
        """;

    private static readonly string Late = OneFinding
        .Replace(Finding, "p7bUl3Mx0RyZc5Wo8Sd2At6Ke9J", StringComparison.Ordinal)
        .Replace("forged-tokens", "checkpoint-late", StringComparison.Ordinal)
        .Replace("Critical", "Medium", StringComparison.Ordinal)
        .Replace("Somebody can make tokens.", "No checkpoint was signed for two hours.", StringComparison.Ordinal);

    /// <summary>Every answer with the schema that it has.</summary>
    public static IReadOnlyList<(string Path, string Schema, string Body)> All { get; } =
    [
        ("healthz", "HealthView", """{"status":"healthy","stoppedBy":[]}"""),
        ("ledger", "LedgerHead", $$"""{"lines":1234,"hash":"{{new string('a', 64)}}"}"""),
        (
            "doctor",
            "DoctorView",
            """
            {"at":"2026-03-01T12:05:40Z","isOk":false,"checks":[
              {"name":"references","state":"Ok",
               "says":"The app started, so every Key Vault reference in its settings was resolved.","do":null},
              {"name":"graph permissions","state":"Unknown","says":"The app has no token for Graph: no answer within 15 seconds.",
               "do":"Check the app's identity: az functionapp identity show --resource-group <group> --name <app>"},
              {"name":"events","state":"Act","says":"No event about an account has ever arrived.",
               "do":"az eventgrid partner topic activate --resource-group rg-rekey-prod --name pt-rekey-users. Then change a property."}]}
            """
        ),
        (
            "sweeps",
            "SweepsView",
            """
            {"isConfigured":true,"isRunning":false,"progressAt":null,"caughtUpAt":null,"badLines":0,"onRecordAt":"2026-03-01T12:05:40Z"}
            """
        ),
        ("decisions", "DecisionPage", $$"""{"decisions":[{{Question}}],"next":null}"""),
        ($"decisions/{Decision}", "DecisionView", Question),
        ("findings", "FindingPage", $$"""{"findings":[{{OneFinding}},{{Late}}],"next":null}"""),
        ($"findings/{Finding}", "FindingView", OneFinding),
        (
            "keys",
            "KeyPage",
            $$"""
            {"keys":[{"key":"{{Key}}","issuer":"shop","hasBaseline":true,"custodians":["{{Person}}"],"versions":[
              {"version":"{{NewVersion}}","thumbprint":"CRNRLTDt2TITkq0V3cYwXX","state":"Current",
                   "window":{"trustedFrom":"2026-03-01T13:08:05Z",
               "currentFrom":"2026-03-01T13:08:10Z","issuedUntil":null,"trustedUntil":null},
                   "why":"rotation","revokedAt":null,"worthlessAt":null}],
              "rotation":{{Rotation}}},
             {"key":"kv-prod.vault.azure.net/partners","issuer":"partners","hasBaseline":true,
                   "custodians":[],"versions":[],"rotation":null}],
             "next":null}
            """
        ),
        (
            $"departures/{Departure}",
            "DepartureView",
            $$"""
            {"departure":"{{Departure}}","person":"{{Person}}","noticedAt":"2026-03-01T12:00:00Z","confirmed":true,"hostile":false,
             "sources":[{"source":"UserChanged","eventId":"e1","at":"2026-03-01T12:00:00Z","reporter":null}],
             "assessedAt":"2026-03-01T12:00:01Z","endedAt":"2026-03-01T13:08:21Z","lookedAgainAt":null,"cutOff":null,"watch":null,
             "outcome":null,
             "keys":[{"key":"{{Key}}","urgency":"Immediate","mode":"Ask","reasons":["custodian"],"outcome":{{Outcome}},
               "rotation":{{Rotation}},"earlier":[]}]}
            """
        ),
        (
            "blocks",
            "BlockPage",
            $$"""
            {"number":7,"count":1,"blocks":[{"id":"{{Block}}","kind":"Token","issuer":"https://login.shop.example","value":"d33f",
             "kid":null,"issuedBefore":null,"expiresAt":"2026-03-01T18:00:00Z","reason":"not-issued","finding":"{{Finding}}"}],"next":null}
            """
        ),
        (
            "departures",
            "DeparturePage",
            $$"""
            {"departures":[{"departure":"{{Departure}}","person":"{{Person}}","noticedAt":"2026-03-01T12:00:00Z",
             "confirmed":true,"hostile":false,"assessedAt":"2026-03-01T12:00:01Z","endedAt":null,"outcome":null,"keyCount":1,
             "results":{"waiting":1} }],"next":null}
            """
        ),
        (
            $"exposure?user={Person}",
            "ExposureView",
            $$"""
            {"user":"{{Person}}","at":"2026-03-01T12:00:00Z","keys":[
             {"key":"{{Key}}","people":null,"who":[],"reasons":[
               "used: the audit log has keysign on keys/shop/{{OldVersion}} by {{Person}}, 12 times, last at 2026-02-28T16:00:00Z",
               "granted: Key Vault Crypto Officer at {{Scope}} as a member of group {{Approver}}"],
              "grade":"Unproven","gradeWhy":["The audit log does not show that the vault made version {{OldVersion}} itself."],
              "plan":"Immediate","liveTokens":1204,"callers":310,"countedAt":"2026-03-01T12:00:01Z","liveTokensUnknown":null,
              "forgottenAt":"2026-03-02T01:00:00Z"},
             {"key":"kv-prod.vault.azure.net/partners","people":null,"who":[],
              "reasons":["custodian: declared in Rekey's configuration"],"grade":"Usable","gradeWhy":["It was made in hardware."],
              "plan":"Graceful","liveTokens":null,"callers":null,"countedAt":"2026-03-01T12:00:01Z",
              "liveTokensUnknown":"The log of https://login.partners.example has a gap.","forgottenAt":"2026-03-02T03:00:00Z"}],
             "notSeen":[]}
            """
        ),
        (
            "exposure",
            "ExposureView",
            $$"""
            {"user":null,"at":"2026-03-01T12:00:00Z","keys":[
             {"key":"{{Key}}","people":41,"who":["{{Person}}: granted, used"],"reasons":[],"grade":"Unproven","gradeWhy":["x"],"plan":null,
              "liveTokens":null,"callers":null,"countedAt":null,"liveTokensUnknown":null,"forgottenAt":null},
             {"key":"kv-prod.vault.azure.net/partners","people":2,"who":["{{Approver}}: custodian"],"reasons":[],"grade":"Usable",
              "gradeWhy":["x"],"plan":null,"liveTokens":null,"callers":null,"countedAt":null,"liveTokensUnknown":null,"forgottenAt":null}],
             "notSeen":[{"why":"The workspace does not answer.","keys":["{{Key}}"],"remedy":null}]}
            """
        ),
        ("rotations", "RotationPage", $$"""{"rotations":[{{Rotation}}],"next":null}"""),
        ("rotations/kv-prod.vault.azure.net~shop~3", "RotationView", Rotation),
        (
            "ledger/lines",
            "LedgerLinePage",
            $$"""
            {"lines":[{"number":1234,"at":"2026-03-01T13:08:15Z","id":"trust-ended/{{Key}}/{{OldVersion}}","kind":"trust-ended",
             "about":"{{Key}}","facts":{"version":"{{OldVersion}}"},"previous":"{{new string('a', 64)}}"}],"next":null}
            """
        ),
    ];

    /// <summary>The bodies by their paths.</summary>
    public static IEnumerable<(string Path, string Body)> Answers => All.Select(a => (a.Path, a.Body));
}
