using System.Reflection;

namespace Rekey.Local.Worlds;

/// <summary>The folder of the function app that was built with this program.</summary>
internal static class FunctionApp
{
    /// <summary>A folder as <c>func start</c> expects it: host.json, worker.config.json, the worker.</summary>
    public static string BuiltFolder =>
        typeof(FunctionApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "FunctionAppFolder").Value!;
}
