namespace Rekey.Functions.Tests;

/// <summary>A function as a head declares it to the host: everything that could differ, by its name in function.json.</summary>
/// <param name="Facts">The trigger's members, what else is bound, and the code that is called.</param>
public sealed record DeclaredFunction(string Name, IReadOnlyDictionary<string, string> Facts)
{
    /// <summary>What the host takes where nothing is said; both heads may leave it out.</summary>
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["timerTrigger.useMonitor"] = "true",
        ["timerTrigger.runOnStartup"] = "false",
        ["httpTrigger.authLevel"] = "function",
        ["eventGridTrigger.cardinality"] = "one",
    };

    /// <summary>Every difference, one a line: which function, what, and what either head says.</summary>
    public static IEnumerable<string> Differences(IReadOnlyList<DeclaredFunction> handler, IReadOnlyList<DeclaredFunction> isolated)
    {
        foreach (var name in handler.Concat(isolated).Select(f => f.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (one, other) = (handler.Where(f => f.Name == name).ToList(), isolated.Where(f => f.Name == name).ToList());
            if (one.Count != 1 || other.Count != 1)
            {
                yield return $"{name}: {one.Count} times in the custom handler, {other.Count} times in the isolated worker";
                continue;
            }

            foreach (var fact in one[0].Facts.Keys.Concat(other[0].Facts.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                var (said, too) = (one[0].Says(fact), other[0].Says(fact));
                if (said != too)
                {
                    yield return $"{name}: {fact} is {said} in the custom handler, {too} in the isolated worker";
                }
            }
        }
    }

    private string Says(string fact) => Facts.TryGetValue(fact, out var value) ? value
        : Facts.TryGetValue("trigger", out var trigger) && Defaults.TryGetValue($"{trigger}.{fact}", out var byDefault) ? byDefault
        : "nothing";
}
