using Rekey.Cli.VaultAccess;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;
using Spectre.Console;

namespace Rekey.Cli.Output;

/// <summary>Writes a table for people: who can reach the vault, and what differs from the declaration.</summary>
internal static class AccessTableOutput
{
    private const int WidthOfPipes = 8_000;

    /// <param name="isWide">Whether every operation is listed, and not only the kinds of power.</param>
    public static void Write(TextWriter output, bool isTerminal, AccessView view, bool isWide)
    {
        var console = Consoles.Of(output, isTerminal);
        if (!isTerminal)
        {
            // One principal per line, without wrapping, so that grep works.
            console.Profile.Width = WidthOfPipes;
        }

        Write(console, isTerminal, view, isWide);
    }

    /// <param name="isNarrow">Whether lines have the width of a terminal: each row is then a block, so that no id is broken.</param>
    public static void Write(IAnsiConsole console, bool isNarrow, AccessView view, bool isWide)
    {
        if (isNarrow)
        {
            WriteBlocks(console, view, isWide);
        }
        else
        {
            WriteTable(console, view, isWide);
        }

        foreach (var drift in view.Drift.Where(d => d.Kind is not DriftKind.NotSeen))
        {
            console.MarkupLine($"[red]{drift.FindingKind}[/] {Plain(drift.What)}");
            console.MarkupLine($"  {Plain(drift.Sentence)}");
        }

        foreach (var unseen in view.Reading.Unseen)
        {
            console.MarkupLine($"[yellow]not seen[/] {Plain(unseen.What)} ({unseen.Part}: {Plain(unseen.Why)})");
        }

        console.WriteLine();
        console.WriteLine(
            $"Read at {view.Reading.ReadAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. Never seen: {string.Join("; ", VaultReading.BlindSpots)}."
        );
        console.MarkupLine(
            !view.HasDeclaration ? "There is no declaration, so access was not judged: give one with --declaration."
            : view.HasDrift ? "[red]Access differs from the declaration.[/]"
            : $"[{(view.IsUnjudged ? "yellow" : "green")}]{Plain(view.Verdict)}[/]"
        );
    }

    private static void WriteTable(IAnsiConsole console, AccessView view, bool isWide)
    {
        var table = new Table()
            .Title(Plain($"Who can reach {view.Reading.Vault?.VaultUri.Authority ?? view.Reading.VaultId}"))
            .Border(TableBorder.Simple)
            .AddColumn("who")
            .AddColumn("kind")
            .AddColumn("by")
            .AddColumn("through")
            .AddColumn("at")
            .AddColumn("can");
        if (isWide)
        {
            table.AddColumn("operations");
        }

        table.AddColumn("declared");

        // Scripts count columns from the left.
        var hasNames = view.Names.Count > 0;
        if (hasNames)
        {
            table.AddColumn("name");
        }

        foreach (var row in view.Rows)
        {
            string[] cells =
            [
                Plain(row.Access.PrincipalId),
                Kind(row.Access),
                Plain(By(row.Access)),
                Plain(string.Join(", ", row.Access.Through.Select(t => WithName(view, t)))),
                Plain(At(row.Access)),
                Can(row.Access),
            ];
            string[] wide = isWide ? [Plain(May(row.Access))] : [];
            string[] name = hasNames ? [Plain(view.NameOf(row.Access.PrincipalId) ?? "-")] : [];
            table.AddRow([.. cells, .. wide, Declared(view, row), .. name]);
        }

        console.Write(table);
    }

    private static void WriteBlocks(IAnsiConsole console, AccessView view, bool isWide)
    {
        console.WriteLine($"Who can reach {PlainText.Of(view.Reading.Vault?.VaultUri.Authority ?? view.Reading.VaultId)}");
        foreach (var row in view.Rows)
        {
            console.WriteLine();
            console.WriteLine(PlainText.Of($"{row.Access.PrincipalId}  {Kind(row.Access)}"));
            if (view.NameOf(row.Access.PrincipalId) is { } name)
            {
                console.WriteLine($"  name      {PlainText.Of(name)}");
            }

            console.WriteLine($"  can       {Can(row.Access)}");
            console.WriteLine($"  by        {PlainText.Of(By(row.Access))}");
            console.WriteLine($"  at        {PlainText.Of(At(row.Access))}");
            foreach (var through in row.Access.Through)
            {
                console.WriteLine($"  through   {PlainText.Of(WithName(view, through))}");
            }

            console.MarkupLine($"  declared  {Declared(view, row)}");
            foreach (var operation in isWide ? row.Access.Grant?.Gives ?? [] : [])
            {
                console.WriteLine($"    {PlainText.Of(operation)}");
            }
        }

        console.WriteLine();
    }

    /// <summary>A step with the name of the principal that it ends with: <c>owner of group</c> and an id, or an id alone.</summary>
    private static string WithName(AccessView view, string step) =>
        view.NameOf(step[(step.LastIndexOf(' ') + 1)..]) is { } name ? $"{step} ({name})" : step;

    private static string Can(EffectiveAccess access) =>
        access.Grant is null ? "act as another identity" : string.Join(", ", Powers.Of(access.Grant));

    private static string Declared(AccessView view, AccessRow row) =>
        row.IsDeclared switch
        {
            true => "[green]yes[/]",
            false => "[red]no[/]",
            _ => view.HasDeclaration ? "[yellow]not judged[/]" : "no declaration",
        };

    private static string Kind(EffectiveAccess access) =>
        access.PrincipalId.Contains('|', StringComparison.Ordinal)
            ? "federated credential"
            : access.Kind switch
            {
                PrincipalKind.User => "person",
                PrincipalKind.Group => "group",
                PrincipalKind.ServicePrincipal => "service principal",
                _ => "unknown",
            };

    private static string By(EffectiveAccess access) =>
        access.Grant switch
        {
            null => "attack path",
            { Kind: GrantKind.Eligibility } grant => $"{grant.RoleName} (eligible)",
            { ActivationOf: not null } grant => $"{grant.RoleName} (activated)",
            { HasCondition: true } grant => $"{grant.RoleName} (with a condition)",
            var grant => grant.RoleName,
        };

    private static string At(EffectiveAccess access) =>
        access.Grant is not { } grant ? $"as {access.Target}"
        : grant.Place.IsInherited ? grant.Scope
        : grant.Place.Kind is { } kind ? $"{kind}/{grant.Place.Name}"
        : "the vault";

    private static string May(EffectiveAccess access) => string.Join(", ", access.Grant?.Gives ?? []);

    private static string Plain(string text) => Markup.Escape(PlainText.Of(text));
}
