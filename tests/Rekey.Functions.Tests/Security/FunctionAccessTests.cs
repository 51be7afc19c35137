using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Security;
using Rekey.Functions.Tests.Hosting;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Security;

/// <summary>Who may call a function stands on its method; a function that does not say so is closed.</summary>
public sealed class FunctionAccessTests
{
    public static TheoryData<string> Http => [.. BuiltFunction.All.Where(f => f.IsHttp).Select(f => f.EntryPoint)];

    [Theory]
    [MemberData(nameof(Http))]
    public void Every_http_function_says_who_may_call_it(string entryPoint)
    {
        var dot = entryPoint.LastIndexOf('.');
        var method = typeof(FunctionAccess).Assembly.GetType(entryPoint[..dot], throwOnError: true)!.GetMethod(entryPoint[(dot + 1)..]);
        Assert.NotNull(method);

        // It throws where nothing is said.
        _ = FunctionAccess.Policy(method);
    }

    [Theory]
    [InlineData(nameof(Saying.Nothing))]
    [InlineData(nameof(Saying.NoRole))]
    [InlineData(nameof(Saying.EmptyRoles))]
    [InlineData(nameof(Saying.Both))]
    [InlineData("ThereIsNone")]
    public void What_does_not_say_it_clearly_is_closed(string method) =>
        Assert.Equal(403, Assert.Throws<BadInputException>(() => FunctionAccess.Policy(typeof(Saying).GetMethod(method))).Status);

    /// <summary>Each HTTP function has a method and a route of its own: the host would start any of two.</summary>
    [Fact]
    public void No_two_functions_share_a_method_and_a_route() =>
        Assert.Empty(
            BuiltFunction
                .All.Where(f => f.IsHttp)
                .GroupBy(f => $"{f.Method} {f.Route}", StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() > 1)
                .Select(g => g.Key)
        );

    /// <summary>The file of a function holds it alone, and both have its name.</summary>
    [Fact]
    public void A_function_is_one_file_of_its_name()
    {
        var repository = typeof(FunctionAccessTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "RepositoryFolder")
            .Value!;
        foreach (var function in BuiltFunction.All)
        {
            // Rekey.Functions.Blocking.GetBlockFunction.RunAsync stands in Blocking/GetBlockFunction.cs, a folder that the domain has too.
            var parts = function.EntryPoint.Split('.');
            Assert.Equal(["Rekey", "Functions", parts[2], $"{function.Name}Function", "RunAsync"], parts);
            Assert.True(
                File.Exists(Path.Combine(repository, "src", "Rekey.Functions", parts[2], $"{function.Name}Function.cs")),
                function.EntryPoint
            );
            Assert.True(Directory.Exists(Path.Combine(repository, "src", "Rekey", parts[2])), $"src/Rekey has no {parts[2]}");
        }

        var methods = typeof(FunctionAccess)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .Where(m => m.IsDefined(typeof(FunctionAttribute), inherit: false))
            .ToList();
        Assert.Equal(BuiltFunction.All.Count, methods.Count);
        Assert.Equal(methods.Count, methods.Select(m => m.DeclaringType).Distinct().Count());
    }

    private static class Saying
    {
        public static void Nothing() => throw new NotSupportedException();

        [Authorize]
        public static void NoRole() => throw new NotSupportedException();

        [Authorize(Roles = " , ")]
        public static void EmptyRoles() => throw new NotSupportedException();

        [Authorize(Roles = "Reader"), AllowAnonymous]
        public static void Both() => throw new NotSupportedException();
    }
}
