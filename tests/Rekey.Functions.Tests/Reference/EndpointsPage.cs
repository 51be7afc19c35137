using System.Reflection;
using System.Text.RegularExpressions;
using Rekey.Functions.Tests.Hosting;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Reference;

/// <summary>Every function with what starts it, who may call it and what it does, as deployed and documented.</summary>
internal static partial class EndpointsPage
{
    public static string Http() =>
        Table("| function | address | who | does |\n| --- | --- | --- | --- |\n", "httpTrigger", f =>
            ReferencePage.Row(
                $"`{f.Name}`",
                $"`{f.Method} {f.Path}`",
                Who(f),
                string.Join(' ', [Does(f), .. f.Entry.GetCustomAttributes<QueryAttribute>().Select(q => $"`?{q.Name}=`: {q.Meaning}")])
            )
        );

    public static string Queues() =>
        Table("| function | queue | account | does |\n| --- | --- | --- | --- |\n", "queueTrigger", f =>
            ReferencePage.Row($"`{f.Name}`", $"`{f.Trigger.GetProperty("queueName")}`", $"`{f.Trigger.GetProperty("connection")}`", Does(f))
        );

    public static string Timers() =>
        Table("| function | schedule (NCRONTAB, UTC) | does |\n| --- | --- | --- |\n", "timerTrigger", f =>
            ReferencePage.Row($"`{f.Name}`", $"`{f.Trigger.GetProperty("schedule")}`", Does(f))
        );

    /// <summary>What the function does, in the words of its documentation.</summary>
    public static string Does(BuiltFunction function)
    {
        var text = XmlDocs.Of(function.Entry.DeclaringType!);
        Assert.True(text is not null, $"{function.Name} has no documentation: nobody knows what it does.");
        var does = Trigger().Replace(text, "");
        return char.ToUpperInvariant(does[0]) + does[1..];
    }

    private static string Who(BuiltFunction function) => function.Roles.Count == 0 ? "anyone" : string.Join(", ", function.Roles);

    private static string Table(string head, string trigger, Func<BuiltFunction, string> row) =>
        head
        + string.Concat(
            BuiltFunction
                .All.Where(f => f.TriggerType == trigger)
                .OrderBy(f => f.IsHttp ? f.Path : f.Name, StringComparer.Ordinal)
                .ThenBy(f => f.Name, StringComparer.Ordinal)
                .Select(row)
        );

    /// <summary>What starts it, which the tables say already.</summary>
    [GeneratedRegex("^(?:HTTP|Timer|Queue)[^:]*: ", RegexOptions.NonBacktracking)]
    private static partial Regex Trigger();
}
