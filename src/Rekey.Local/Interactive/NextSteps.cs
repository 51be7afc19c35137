using Rekey.Cli.Local;
using Rekey.Local.Replay;

namespace Rekey.Local.Interactive;

/// <summary>The text after the replay: what a person can do now, with commands to paste into a shell. Each command works by
/// itself.</summary>
internal static class NextSteps
{
    public const string Title = "How to go on, in another terminal:";

    /// <summary>The lines. Those that begin with two spaces are commands.</summary>
    public static IEnumerable<string> Of(InteractiveWorld world)
    {
        var rekey = Command();
        var server = world.World.HostAddress.AbsoluteUri;
        string Get(string path, string role) => $"curl -s {server}{path} -H \"Authorization: Bearer $({rekey} local token {role})\"";
        return
        [
            Title,
            "",
            "See that the app answers:",
            $"  curl -s {server}healthz",
            "Get an access token. Roles: operator, approver, approver2, gateway, reader:",
            $"  {rekey} local token operator",
            "See whether Rekey runs and what waits for a person. Every command of rekey takes --server local:",
            $"  {rekey} status --server local",
            "See the keys, as an operator:",
            $"  {Get("keys", "operator")}",
            $"Let {Employee.Alice.Name} leave, custodian of the key 'partners'. Rekey rotates it within seconds:",
            $"  {rekey} local disable {Employee.Alice.Name}",
            "See her departure. The outcome is \"rotated\" when the key has a new version and the old one is revoked:",
            $"  {Get($"departures/{world.DepartureOf(Employee.Alice.ObjectId)}", "operator")}",
            "Let an attacker sign a token with a copy of the key 'shop' and use it:",
            $"  {rekey} local forge shop > {Quoted(world.TokenFile)}",
            "Ask, as a gateway does, whether that token is valid. After the sweep, some seconds later, it is blocked:",
            $"  {Get("introspect", "gateway")} -d \"token=$(cat {Quoted(world.TokenFile)})\"",
            "See the findings:",
            $"  {Get("findings", "operator")}",
            "See the questions that wait for an approver: shall Rekey rotate the key 'shop'?",
            $"  {Get("decisions", "approver")}",
            "Begin again, with new keys and an empty ledger:",
            $"  {rekey} local reset",
            "",
        ];
    }

    /// <summary>The built command line: <c>dotnet run</c> would build first, and print its warnings into a token.</summary>
    private static string Command()
    {
        var state = Environment.GetEnvironmentVariable(LocalWorldState.PathVariable);
        return $"{(state is { Length: > 0 } ? $"{LocalWorldState.PathVariable}={Quoted(Path.GetFullPath(state))} " : "")}"
            + $"dotnet {Quoted(RekeyTool.AssemblyFile)}";
    }

    private static string Quoted(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-@:\\".Contains(c, StringComparison.Ordinal)) ? text : $"\"{text}\"";
}
