using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Rekey.Azure.Storage;
using Rekey.Detections;
using Rekey.Findings;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Ledgers;
using Rekey.VaultAccess.Drifts;

namespace Rekey.Infra.Tests.Repository;

/// <summary>Every kind of finding that the code can raise, read from the compiled methods that make findings.</summary>
internal static partial class RaisedKinds
{
    /// <summary>Texts of the same form that such a method uses for something else: reasons, a queue, kinds of ledger lines.</summary>
    private static readonly string[] NoKinds =
    [
        "storage-away",
        "no-reply",
        "event-dead-letters",
        "poisoned-message",
        "sign-in",
        "after-tokens",
        UserChangeQueue.Name,
        LedgerKinds.FindingRaised,
        LedgerKinds.FindingUpdated,
        LedgerKinds.FindingClosed,
    ];

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(c => c.Value);

    public static IReadOnlySet<string> InCode()
    {
        Assembly[] assemblies =
        [
            typeof(Finding).Assembly,
            typeof(Settings).Assembly,
            typeof(Rekey.Azure.Hosting.AzureOptions).Assembly,
            typeof(Rekey.DuckDb.Folders.FolderTokenLog).Assembly,
        ];
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in assemblies.SelectMany(a => a.GetTypes()).SelectMany(Methods))
        {
            var (texts, calls) = Body(method);
            if (calls.Any(Makes))
            {
                kinds.UnionWith(texts.Where(t => Kind().IsMatch(t)));
            }
        }

        // Two that are made of what they are about.
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        kinds.UnionWith(Enum.GetValues<DriftKind>().Select(k => new Drift(k, "", "", "", none, []).FindingKind));
        kinds.UnionWith(Enum.GetValues<Verdict>().Select(v => v.FindingKind()));
        return kinds.Except(NoKinds, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The finding's own constructor, or a method that makes one of a kind.</summary>
    private static bool Makes(MethodBase called) =>
        called is ConstructorInfo
            ? called.DeclaringType == typeof(Finding)
            : ((MethodInfo)called).ReturnType == typeof(Finding) && called.GetParameters() is [{ Name: "kind" }, ..];

    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags Own =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));
    }

    private static (IReadOnlyList<string> Texts, IReadOnlyList<MethodBase> Calls) Body(MethodBase method)
    {
        var (texts, calls) = (new List<string>(), new List<MethodBase>());
        var il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var types = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var own = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < il.Length; )
        {
            var code = Codes[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
            at += code.Size;
            var token = code.OperandType is OperandType.InlineString or OperandType.InlineMethod ? BitConverter.ToInt32(il, at) : 0;
            if (code.OperandType is OperandType.InlineString)
            {
                texts.Add(method.Module.ResolveString(token));
            }
            else if (code.OperandType is OperandType.InlineMethod && method.Module.ResolveMethod(token, types, own) is { } called)
            {
                calls.Add(called);
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }

        return (texts, calls);
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Kind();
}
