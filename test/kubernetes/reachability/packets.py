"""Tries which TCP connections and UDP questions get through between network namespaces, with real packets.

Reads one JSON object from stdin and writes the answers to stdout; needs root on Linux, iproute2 and nft.

  hosts       {name: address}: namespaces to make, all of them behind one router, and the address of each
  rules       nftables rules of that router; empty where there is none
  attach      {name: pid}: namespaces that are there already, those of Docker's containers
  outside     {address, gateway}: a host behind this computer, called "outside", which containers reach by
              their way out; null where it is not needed
  resolver    address of the name server in every namespace; null where targets are addresses
  listeners   [{at, port, protocol, says}]: what answers in a namespace, and how
  probes      [{at, to, port, protocol, tries}]: `to` is a name or a list of addresses; each address is asked so
              many times, one after the other, and all probes side by side

The answer has for each probe, in order, the list of what was said, or "refused", "timeout", "no name",
"unreachable". Namespaces that this made end with it, however it ends: only it has them open.
"""

import asyncio
import ctypes
import json
import os
import random
import socket
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
PATIENCE = 1.5
AT_ONCE = 150
libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def make():
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    fd = os.open("/proc/self/ns/net", os.O_RDONLY)
    enter(home)
    return fd


def run(fd, command, text):
    enter(fd)
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    enter(home)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}\n{text}")


def path(fd):
    return f"/proc/{os.getpid()}/fd/{fd}"


def setting(fd, name, value):
    enter(fd)
    with open(f"/proc/sys/net/{name}", "w") as file:
        file.write(value)
    enter(home)


GATEWAY = "10.255.255.254"


def routed(hosts, rules):
    """Namespaces with one address each, and the router that all of their packets pass."""
    router = make()
    setting(router, "ipv4/ip_forward", "1")
    # An error for every refused packet, however many there are.
    setting(router, "ipv4/icmp_ratelimit", "0")
    found = {name: make() for name in hosts}
    lines = ["link set lo up", f"addr add {GATEWAY}/32 dev lo"]
    for number, (name, address) in enumerate(hosts.items()):
        lines += [
            f"link add h{number} type veth peer name eth0 netns {path(found[name])}",
            f"link set h{number} up",
            f"route add {address}/32 dev h{number}",
        ]
    run(router, ["ip", "-batch", "-"], "\n".join(lines) + "\n")
    for name, address in hosts.items():
        lines = [
            "link set lo up",
            f"addr add {address}/32 dev eth0",
            "link set eth0 up",
            f"route add {GATEWAY}/32 dev eth0",
            f"route add default via {GATEWAY}",
        ]
        run(found[name], ["ip", "-batch", "-"], "\n".join(lines) + "\n")
    run(router, ["nft", "-f", "-"], rules)
    return found


def outside(address, gateway):
    """A host that this computer has a route to; the route goes when the namespace does."""
    there = make()
    link = f"out{os.getpid()}"
    run(
        home,
        ["ip", "-batch", "-"],
        f"link add {link} type veth peer name eth0 netns {path(there)}\n"
        f"addr add {gateway}/32 dev {link}\nlink set {link} up\nroute add {address}/32 dev {link}\n",
    )
    run(
        there,
        ["ip", "-batch", "-"],
        f"link set lo up\naddr add {address}/32 dev eth0\nlink set eth0 up\n"
        f"route add {gateway}/32 dev eth0\nroute add default via {gateway}\n",
    )
    return there


def opened(fd, protocol):
    enter(fd)
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    made = socket.socket(socket.AF_INET, kind)
    enter(home)
    made.setblocking(False)
    return made


async def listen(fd, port, protocol, says):
    server = opened(fd, protocol)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", port))
    loop = asyncio.get_running_loop()
    if protocol == "udp":

        class Echo(asyncio.DatagramProtocol):
            def connection_made(self, transport):
                self.transport = transport

            def datagram_received(self, _data, sender):
                self.transport.sendto(says.encode(), sender)

        await loop.create_datagram_endpoint(Echo, sock=server)
        return

    async def answer(_reader, writer):
        writer.write(says.encode())
        writer.close()

    server.listen(500)
    await asyncio.start_server(answer, sock=server)


async def ask(fd, protocol, address, port, question=b"?"):
    loop = asyncio.get_running_loop()

    async def exchange(client):
        await loop.sock_connect(client, (address, port))
        if protocol == "udp":
            await loop.sock_sendall(client, question)
        return await loop.sock_recv(client, 4096)

    with opened(fd, protocol) as client:
        try:
            return await asyncio.wait_for(exchange(client), PATIENCE)
        except ConnectionRefusedError:
            return "refused"
        except asyncio.TimeoutError:
            return "timeout"
        except OSError:
            return "unreachable"


async def resolve(fd, resolver, name):
    """The addresses that a name server has for a name."""
    number = random.randrange(65536)
    parts = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + parts + b"\0\0\1\0\1"
    answer = await ask(fd, "udp", resolver, 53, question)
    found, at = [], len(question)
    if isinstance(answer, str):
        return found
    for _ in range(struct.unpack(">H", answer[6:8])[0]):
        # A name that is a pointer or spelled out, then type, class, time to live, length.
        while answer[at] and answer[at] < 192:
            at += 1 + answer[at]
        at += 2 if answer[at] else 1
        kind, _, _, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == 1:
            found.append(socket.inet_ntoa(answer[at : at + length]))
        at += length
    return found


async def probe(fds, resolver, gate, one):
    fd, to, said = fds[one["at"]], one["to"], []
    async with gate:
        addresses = await resolve(fd, resolver, to) if isinstance(to, str) else to
        for address in addresses:
            for _ in range(one["tries"]):
                answer = await ask(fd, one["protocol"], address, one["port"])
                said.append(answer if isinstance(answer, str) else answer.decode())
    return said or ["no name"]


async def main(asked):
    fds = routed(asked["hosts"], asked["rules"]) if asked["hosts"] else {}
    for name, pid in asked["attach"].items():
        fds[name] = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    if asked["outside"] is not None:
        fds["outside"] = outside(**asked["outside"])
    for one in asked["listeners"]:
        await listen(fds[one["at"]], one["port"], one["protocol"], one["says"])
    gate = asyncio.Semaphore(AT_ONCE)
    return await asyncio.gather(*(probe(fds, asked["resolver"], gate, one) for one in asked["probes"]))


print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
